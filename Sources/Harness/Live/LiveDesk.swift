import Basics
import Experiments
import Stacks
import YAML

/// Where what is asked of a stack that is up, or of a run under way, is answered, whoever asks and by whatever
/// way: over the control socket or from the page.
struct LiveDesk: Sendable {
  /// What may be poked at; nil once it is taken down.
  let ground: Handover<Lab>
  let run: ExperimentRun

  /// What may be poked at.
  func lab() throws -> Lab {
    guard let lab = ground.value else {
      throw HarnessError.other("the stack is not up, or is going down")
    }
    return lab
  }

  /// The answer to anything but `exec` and `down`, which need more than words.
  func answer(_ asked: LiveRequest) throws -> JSON {
    let lab = try lab()
    switch asked {
    case .status: return LiveStatus(lab, run).json
    case .log(let instance, let place, let lines):
      return try LogReading(lab: lab).answer(instance, after: place, lines: lines)
    default:
      guard let session = run.session else {
        throw HarnessError.other(
          "a run follows its experiment; what is done by hand is for a stack that is up: faultline up"
        )
      }
      return try HandActs(lab: lab, session: session, plan: run.plan, stop: run.stop).answer(asked)
    }
  }

  /// The answer as it is sent: with `error` where it was refused, and without the stack's secrets.
  func document(_ answer: () throws -> JSON) -> String {
    let said: JSON
    do {
      said = try answer()
    } catch let problems as Problems {
      said = ["error": .string(problems.sentences)]
    } catch {
      said = ["error": .string("\(error)")]
    }
    return said.masked(by: run.plan.stack.secrets).text()
  }
}
