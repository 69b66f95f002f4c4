import SQLite

/// What earlier programs wrote of `HistoryFileTests.sample`, by their own tables.
enum EarlierArchive {
  /// The columns that the tables of version 5 have and those of an earlier one have not.
  static func missing(in version: Int) -> [String] {
    Array(["contradicted", "measures", "reach"].dropFirst(version - 2))
  }

  static func write(version: Int, at path: String) throws {
    let database = try Database(path: path, mode: .write)
    try database.run(tables + rows)
    for column in missing(in: version) {
      try database.run("alter table fault drop column \(column)")
    }
    try database.run("update meta set value = \(version) where key = 'schema'")
  }

  private static let tables = """
    create table meta(key text primary key, value) without rowid;
    create table function(id integer primary key, name text not null);
    create table label(id integer primary key, name text not null);
    create table event(
      position integer primary key, time integer not null, process integer not null,
      type integer not null, f integer not null, value, key, error, node integer,
      workload integer, scheduled integer, final integer, invocation integer);
    create table fault(
      id integer primary key, name text not null, summary text not null, targets text not null,
      injected integer not null, confirmed integer, confirmation text not null, healed integer,
      heal_confirmed integer, is_action integer not null, contradicted integer not null,
      measures text not null, reach text not null);
    create table observation(
      id integer primary key, time integer not null, kind text not null, subject text not null,
      node text not null, value text not null, source text not null);
    create view operation as select * from event where type = 0;
    create index completion on event(invocation) where invocation is not null;
    """

  private static let rows = """
    insert into meta values ('schema', 5), ('program', 'faultline'), ('times', 1), ('order', 1),
      ('sealed', 1);
    insert into function values (0, 'add'), (1, 'read');
    insert into label values (0, 'n1'), (1, 'w');
    insert into event values
      (0, 10, 0, 0, 0, '[":r","x",[1,null,true],{"a":2.5}]', null, null, 0, 1, 5, null, null),
      (1, 11, 9, 0, 1, null, '"k"', null, null, null, null, null, null),
      (2, 12, 0, 3, 0, null, null, '"timeout"', 0, 1, null, null, 0),
      (3, 13, 9, 1, 1, '"~:text \\"q\\""', '"k"', null, null, null, null, null, 1),
      (4, 14, 9, 0, 1, 9223372036854775807, null, null, null, null, null, 1, null);
    insert into fault values
      (1, 'kill', 'kill "a"', '["a","b"]', 3, 4, 'gone', 8, 9, 0, 0, '[]', '[]'),
      (2, 'promote', '', '[]', 6, null, '', null, null, 1, 1, '[]', '[]');
    insert into observation values (1, 7, 'owner', '10.0.0.1', 'lb', 'held', 'arp');
    """
}
