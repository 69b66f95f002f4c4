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

  /// The answer to anything but `exec`, `capture` and `down`, which need more than words.
  func answer(_ asked: LiveRequest) throws -> JSON {
    let lab = try lab()
    switch asked {
    case .status: return LiveStatus(lab, run).json
    case .step: return try step()
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

  /// Lets the step begin that waits.
  private func step() throws -> JSON {
    guard run.gate != nil else {
      throw HarnessError.other("its steps wait for nobody; that is for a run with --step")
    }
    guard let step = run.letNextStepBegin() else {
      throw HarnessError.other("no step waits now; faultline status says what the run is doing")
    }
    return ["begins": .string(step)]
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
