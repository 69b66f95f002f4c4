import Basics
import Faults
import Histories
import Linux
import Stacks

/// Asks every instance for its role and which alerts fire, and reads each of its probes, all the time: each question on
/// a thread of its own, so that one that hangs delays no other. What was not answered is written
/// down, too.
final class RoleWatch: Sendable {
  private let stop = StopFlag()
  private let threads: [Linux.Thread]

  init(_ lab: Lab) throws {
    let stop = stop
    threads = try lab.stack.nodes.flatMap(\.instances).flatMap { instance in
      try Question.all(of: instance).map { question in
        try Linux.Thread(named: "ask \(instance.id.component)") {
          repeat {
            question.ask(lab)
          } while lab.clock.sleep(until: lab.clock.now.advanced(by: question.every), unless: stop)
        }
      }
    }
  }

  func end() {
    stop.raise()
    for thread in threads { thread.join() }
  }
}

/// One thing that is asked of an instance again and again.
private struct Question: Sendable {
  enum Kind: Sendable {
    case role
    case probe(String)
    case alerts
  }

  let kind: Kind
  let every: Duration
  let instance: InstanceID

  static func all(of instance: Instance) -> [Question] {
    let role = instance.roleQuery.map {
      Question(kind: .role, every: $0.every, instance: instance.id)
    }
    let probes = instance.probes.map { probe in
      Question(kind: .probe(probe.name), every: probe.every, instance: instance.id)
    }
    let alerts = instance.alerts.map {
      Question(kind: .alerts, every: $0.every, instance: instance.id)
    }
    return [role, alerts].compactMap { $0 } + probes
  }

  func ask(_ lab: Lab) {
    switch kind {
    case .role: lab.recorder.record(.role(instance, answer(lab, word)))
    case .probe(let name):
      lab.recorder.record(.probe(name, of: instance, Self.number(answer(lab, word))))
    case .alerts: lab.recorder.record(.alerts(instance, answer(lab, alerts)))
    }
  }

  private func answer<Answer>(
    _ lab: Lab, _ look: (Lab, Instance) throws -> Fact.Reading<Answer>
  ) -> Fact.Reading<Answer> {
    do {
      guard !lab.isSpare(instance.node) else { return .silence("stands by") }
      guard try lab.power(of: instance.node).isOn else { return .silence("without power") }
      // As it is now: a redeployment may have changed how it is asked.
      return try look(lab, try lab.instance(instance))
    } catch {
      return .silence("\(error)")
    }
  }

  private func word(_ lab: Lab, _ instance: Instance) throws -> Fact.Reading<String> {
    guard let query = query(of: instance) else { return .silence("it is no longer asked") }
    return .answer(try lab.ask(query, of: instance))
  }

  private func alerts(_ lab: Lab, _ instance: Instance) throws -> Fact.Reading<[Alert]> {
    guard let query = instance.alerts else { return .silence("it is no longer asked") }
    return .answer(try query.alerts(in: lab.answer(to: query, of: instance)))
  }

  private func query(of instance: Instance) -> Instance.Query? {
    switch kind {
    case .role: instance.role
    case .probe(let name):
      instance.probes.first { $0.name == name }.map {
        Instance.Query(command: $0.command, within: $0.within)
      }
    case .alerts: nil
    }
  }

  private static func number(_ said: Fact.Reading<String>) -> Fact.Reading<Double> {
    switch said {
    case .silence(let why): return .silence(why)
    case .answer(let text):
      guard let number = Double(text), number.isFinite else {
        return .silence("a number is expected here, not '\(text)'")
      }
      return .answer(number)
    }
  }
}
