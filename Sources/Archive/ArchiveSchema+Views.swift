/// What people ask: a row for each event, operation and observation, and for each acknowledged element that a
/// final read lacks, with the server that acknowledged it and the faults that were active meanwhile.
extension ArchiveSchema {
  static let views = [operation, event, observation, lost].joined(separator: "\n")

  /// The value that stands in a row `c` of `completed` where a column of `manner` says.
  private static func value(at place: String) -> String {
    """
    case when \(place) is null then null when \(place) = 0
      then case when m.relative then b.value + c.value else c.value end
      when \(place) = 1 then c.rest
      when json_type(c.rest, '$[' || (\(place) - 2) || ']') in ('integer', 'real')
      then c.rest ->> (\(place) - 2) else c.rest -> (\(place) - 2) end
    """
  }

  private static let completed = """
    completed c join manner m on m.id = c.manner join block b on b.id = c.position >> \(blockBits)
    """

  private static let operation = """
    create view operation as
      select c.position - c.back as position, m.process, f.name as f,
        \(value(at: "m.argument")) as argument, \(value(at: "m.result")) as result,
        case m.type when 1 then 'ok' when 2 then 'fail' else 'info' end as type,
        coalesce(\(value(at: "m.ended_key")), \(value(at: "m.key"))) as key,
        \(value(at: "m.error")) as error, n.name as node, w.name as workload,
        b.time + c.time - coalesce(c.late, 0) as scheduled, b.time + c.time as invoked,
        b.time + c.time + c.took as completed, m.final
      from \(completed) join function f on f.id = m.f
      left join label n on n.id = coalesce(m.ended_node, m.node)
      left join label w on w.id = m.workload
      union all
      select p.position, p.process, f.name, p.value, null, 'info', p.key, null, n.name, w.name,
        coalesce(p.scheduled, p.time), p.time, null, p.final
      from pending p join function f on f.id = p.f
      left join label n on n.id = p.node
      left join label w on w.id = p.workload;
    """

  private static let event = """
    create view event as
      select c.position - c.back as position, b.time + c.time as time, m.process, 0 as type, m.f,
        \(value(at: "m.argument")) as value, \(value(at: "m.key")) as key, null as error, m.node,
        m.workload, b.time + c.time - c.late as scheduled, m.final, null as invocation
      from \(completed)
      union all
      select c.position, b.time + c.time + c.took, m.process, m.type, m.f,
        \(value(at: "m.result")), \(value(at: "m.ended_key")), \(value(at: "m.error")),
        m.ended_node, m.workload, null, 0, c.position - c.back
      from \(completed)
      union all
      select position, time, process, 0, f, value, key, null, node, workload, scheduled, final, null
      from pending;
    """

  private static let observation = """
    create view observation as
      select row_number() over (order by s.time, t.place) as id, s.time - t.shift as time, t.kind,
        t.subject, t.node,
        case when t.value is not null then t.value
          when t.place > 0 then cast(s.value ->> (t.place - 1) as text)
          else cast(s.value as text) end as value,
        t.source
      from sighting s join topic t on t.id = s.topic;
    """

  private static let lost = """
    create view lost as
      with last as materialized (
        select max(position) as position, workload, node, result from operation
        where final = 1 and type = 'ok' and json_valid(result) and json_type(result) = 'array'
        group by workload, node),
      present as materialized (
        select l.workload, l.node, j.value as element from last l, json_each(l.result) j)
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
}
