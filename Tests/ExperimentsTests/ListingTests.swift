import Experiments
import Stacks
import Testing
import YAML

@Suite struct ListingTests {
  @Test func everythingIsListedWithWhatWouldBeUsed() {
    var files = Fixture.files
    files["experiments/broken.yaml"] = "title: [\n"
    files["fixtures/stacks/bad.yaml"] = "sites: []\n"
    let machine = Machine(binFolder: "/opt") {
      $0 == "/opt/small" || $0 == "/usr/bin/db" ? $0 : nil
    }
    let listing = Loader(
      MemoryLibrary(texts: files), machine: machine, vocabulary: Fixture.vocabulary
    ).listing()
    #expect(
      listing.experiments.map(\.file) == ["experiments/broken.yaml", "experiments/two/01.yaml"])
    #expect(listing.experiments.map { $0.problem == nil } == [false, true])
    #expect(listing.experiments[1].stack == "two")
    #expect(listing.stacks.map(\.name) == ["bad", "two"])
    #expect(listing.stacks.map { $0.problem == nil } == [false, true])
    #expect(listing.components.map(\.name) == ["db", "proxy", "unused"])
    #expect(listing.components.map(\.variant) == ["db", "small", nil])
    #expect(listing.components[1].standInFor == "the real proxy")
    #expect(
      listing.components[2].problem?.message
        == "'unused' needs /bin/none, which is missing; install the Debian package none")
  }
}
