/// The tables of `history.sqlite`.
///
/// Events are stored as they happen, one row each; `operation` joins them for people, and `lost`
/// names each acknowledged element that a final read lacks, with the server that acknowledged it
/// and the faults that were active meanwhile. A value is an integer, a number or null where SQL has
/// the word, and JSON otherwise: `"x"` is a text, `":cas"` a symbol, `[1,2]` a list.
enum ArchiveSchema {
  /// Raised when the tables change; a reader refuses versions it does not know.
  static let version: Int64 = 5
  /// The oldest that is read, too: 2 is without `contradicted`, 3 without `measures`, 4 without `reach`.
  static let oldest: Int64 = 2

  /// The tables that a history is read from.
  static let read: Set = ["meta", "function", "label", "event", "fault", "observation"]

  static let tables = """
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
    create view operation as
      select i.position, i.process, f.name as f, i.value as argument, c.value as result,
        case c.type when 1 then 'ok' when 2 then 'fail' else 'info' end as type,
        coalesce(c.key, i.key) as key, c.error, n.name as node, w.name as workload,
        coalesce(i.scheduled, i.time) as scheduled, i.time as invoked, c.time as completed,
        coalesce(i.final, 0) as final
      from event i
      left join event c on c.invocation = i.position
      join function f on f.id = i.f
      left join label n on n.id = coalesce(c.node, i.node)
      left join label w on w.id = i.workload
      where i.type = 0;
    create view lost as
      with last as materialized (
        select max(position) as position, workload, node from operation
        where final = 1 and type = 'ok' and json_valid(result) and json_type(result) = 'array'
        group by workload, node),
      present as materialized (
        select l.workload, l.node, j.value as element
        from last l join operation r on r.position = l.position, json_each(r.result) j)
      select o.argument as element, o.workload, l.node as missing_at, o.node as acknowledged_by,
        o.completed as acknowledged,
        (select group_concat(f.summary, '; ') from fault f where f.is_action = 0
          and f.injected <= o.completed and coalesce(f.healed, o.completed) >= o.invoked) as faults
      from operation o
      join last l on l.workload is o.workload and o.position < l.position
      left join present p
        on p.workload is o.workload and p.node is l.node and p.element = o.argument
      where o.f = 'add' and o.type = 'ok' and o.final = 0 and p.element is null;
    """

  /// Made once at the end: an index kept up during the run would slow it.
  static let completionIndex =
    "create index completion on event(invocation) where invocation is not null"
}
