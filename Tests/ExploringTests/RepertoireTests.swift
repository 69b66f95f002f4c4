import Basics
import Exploring
import Faults
import Stacks
import Testing

/// Which faults may be drawn for a stack, and why others are not.
@Suite struct RepertoireTests {
  private func reason(_ fault: String, _ repertoire: Repertoire) -> String? {
    repertoire.omissions.first { $0.fault == fault }?.reason
  }

  @Test func everyFaultIsDrawnOrItsReasonIsSaid() throws {
    for name in ["twosite-raft", "floating-address", "etcd"] {
      let repertoire = try ShippedGround(name).repertoire
      let known = repertoire.faults + repertoire.omissions.map(\.fault)
      #expect(known.sorted() == FaultCatalogue.faults.map { $0.name }.sorted(), "\(name)")
      #expect(repertoire.omissions.allSatisfy { !$0.reason.isEmpty })
    }
  }

  @Test func whatAHealDoesNotBringBackIsDrawnOnlyByName() throws {
    let usual = try ShippedGround("twosite-raft").repertoire
    #expect(!usual.faults.contains("bit-flip"))
    #expect(reason("bit-flip", usual)?.contains("heal alone") == true)
    let named = try ShippedGround("twosite-raft", only: ["bit-flip"]).repertoire
    #expect(named.faults == ["bit-flip"])
  }

  @Test func whatAnExperimentExpectsToFailUnderIsNotDrawn() throws {
    let repertoire = try ShippedGround("redis-sentinel").repertoire
    #expect(!repertoire.faults.contains("partition") && repertoire.faults.contains("kill"))
    #expect(reason("partition", repertoire)?.contains("'single-leader'") == true)
  }

  /// Where it is no question of every run, that run is not asked it.
  @Test func whatIsKnownToFailUnderAFaultIsNotAsked() throws {
    let ground = try ShippedGround("floating-address")
    let drawing = ground.drawing(seed: 4)
    let runs = (1...200).compactMap { drawing.experiment(number: $0) }
    let cut = runs.filter { $0.faults.contains("partition") }
    #expect(!cut.isEmpty && cut.allSatisfy { !$0.text().contains("single-owner") })
    let parted = runs.filter { $0.faults.contains("split") }
    #expect(!parted.isEmpty && parted.allSatisfy { !$0.text().contains("single-owner") })
    let killed = runs.filter { $0.faults == ["kill"] }
    #expect(!killed.isEmpty && killed.allSatisfy { $0.text().contains("single-owner") })
  }

  @Test func whatTheMachineLacksIsNotDrawn() throws {
    let without = try ShippedGround(
      "twosite-raft", lacking: [.ownDisks: "there is no fuse", .movedClocks: "no clocks here"]
    ).repertoire
    #expect(reason("clock-jump", without) == "no clocks here")
    #expect(reason("torn-write", without) == "there is no fuse")
    // A component can be killed without a disk of ours; a node's power cannot be taken away.
    #expect(without.faults.contains("kill") && !without.faults.contains("spot-reclaim"))
  }

  @Test func whatOnlyWhoKnowsTheStackCanSayIsTakenFromItsExperiments() throws {
    let usual = try ShippedGround("twosite-raft").repertoire
    #expect(reason("drain", usual)?.contains("'server'") == true)
    #expect(reason("address-left", usual)?.contains("nothing that it could be aimed at") == true)
    let address = try ShippedGround("floating-address").repertoire
    for fault in ["drain", "connections-held", "address-left", "torn-write"] {
      #expect(address.faults.contains(fault), "\(fault): \(reason(fault, address) ?? "")")
    }
  }

  /// Where the usual parameters bear nothing that could be judged, those of experiments that do are taken.
  @Test func parametersAreThoseOfTheExperimentsThatAreTaken() throws {
    let drawn = try #require(try ShippedGround("patroni").drawing(seed: 1).experiment(number: 1))
    #expect(drawn.text().contains("with: {synchronous: true}"), "\(drawn.text())")
    let plain = try #require(
      try ShippedGround("twosite-raft").drawing(seed: 1).experiment(number: 1))
    #expect(!plain.text().contains("with:"))
  }
}
