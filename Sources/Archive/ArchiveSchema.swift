/// The tables of `history.sqlite`.
///
/// An operation is one row of `completed`, appended when it ends: its key is the position of the completion
/// among all events, so that rows come in order and pages fill up. What rows have in common is said once: who
/// did what, how it ended and where its values stand in `manner`, what times and numbers count from in
/// `block`. What has not ended yet waits in `pending`. What observers saw is a row of `sighting` for each
/// moment, and `topic` says what it is about. For people the views have a row for each event, operation and
/// observation (`ArchiveSchema+Views`).
///
/// A value is an integer, a number or null where SQL has the word, and JSON otherwise: `"x"` is a text,
/// `":cas"` a symbol, `[1,2]` a list.
enum ArchiveSchema {
  /// Raised when the tables change; a reader refuses versions it does not know.
  static let version: Int64 = 6
  /// The oldest that is read, too: 2 is without `contradicted`, 3 without `measures`, 4 without `reach`.
  static let oldest: Int64 = 2
  /// Up to this one there was a row for each event and each observation.
  static let lastOfEvents: Int64 = 5

  /// The tables that a history of some version is read from.
  static func tables(readIn version: Int64) -> Set<String> {
    let always: Set = ["meta", "function", "label", "fault"]
    return version <= lastOfEvents
      ? always.union(["event", "observation"])
      : always.union(["manner", "block", "completed", "pending", "topic", "sighting"])
  }

  /// Operations whose completions' positions differ in the last so many bits only are one block: their times
  /// count from one moment, and take four bytes at thirty requests a second and more.
  static let blockBits: Int64 = 7

  /// In `manner`, `relative` says that `value` counts from the block's. The columns `argument`, `key`,
  /// `result`, `ended_key` and `error` say where in a row of `completed` that value stands (`MannerPlace`). In
  /// `topic`, a row at place 0 is of observations that are alone at their moment, and those from place 1 on of
  /// several that are made together; `shift` is how far the row's time was moved because there was one already.
  static let tables = """
    create table meta(key text primary key, value) without rowid;
    create table function(id integer primary key, name text not null);
    create table label(id integer primary key, name text not null);
    create table manner(
      id integer primary key, process integer not null, f integer not null, type integer not null,
      node integer, ended_node integer, workload integer, final integer not null,
      relative integer not null,
      argument integer, key integer, result integer, ended_key integer, error integer);
    create table block(id integer primary key, time integer not null, value integer not null);
    create table completed(
      position integer primary key, manner integer not null, back integer not null,
      time integer not null, took integer not null, late integer, value, rest);
    create table pending(
      position integer primary key, time integer not null, process integer not null,
      f integer not null, value, key, node integer, workload integer, scheduled integer,
      final integer not null);
    create table fault(
      id integer primary key, name text not null, summary text not null, targets text not null,
      injected integer not null, confirmed integer, confirmation text not null, healed integer,
      heal_confirmed integer, is_action integer not null, contradicted integer not null,
      measures text not null, reach text not null);
    create table topic(
      id integer not null, place integer not null, shift integer not null, kind text not null,
      subject text not null, node text not null, source text not null, value text,
      primary key(id, place)) without rowid;
    create table sighting(time integer primary key, topic integer not null, value);
    """
}
