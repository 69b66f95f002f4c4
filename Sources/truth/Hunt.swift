import Basics
import Linux

/// Runs a store with a defect until it is found, with at most so many seeds.
struct Hunt: Sendable {
  let defect: TruthTable.Defect
  let survey: Survey

  func run(_ done: (TruthTally.Found) -> Void) -> Crew.Load {
    var load = Crew.Load.fine
    var remark = ""
    let seeds = survey.options.seeds ?? defect.seeds
    for seed in 1...seeds where !survey.process.underWay.isOver {
      let trial = Trial(
        experiment: defect.experiment, settings: defect.settings + ["defect=\(defect.name)"],
        seed: seed)
      let answer = survey.process.run(trial, named: "\(defect.name)-\(seed)")
      if answer.load == .stalled { load = .stalled }
      if let evidence = answer.catches(defect.caughtBy) {
        let seconds = evidence.known.flatMap { known in
          answer.methodBegan.map { max(0, known - $0) }
        }
        survey.tell(
          "found  \(defect.name) by \(defect.caughtBy.invariant), seed \(seed) of \(seeds)")
        done(
          TruthTally.Found(
            defect: defect, evidence: evidence, seconds: seconds, seeds: seed, remark: ""))
        return load
      }
      remark = answer.whyNot(defect.caughtBy)
      survey.tell("missed \(defect.name), seed \(seed) of \(seeds): \(remark)")
    }
    done(
      TruthTally.Found(defect: defect, evidence: nil, seconds: nil, seeds: seeds, remark: remark))
    return load
  }
}
