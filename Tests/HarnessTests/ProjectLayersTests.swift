import Linux
import Testing

@testable import Harness

/// What came with the program lies below what is the user's own.
@Suite struct ProjectLayersTests {
  private let scratch: Scratch
  private var own: String { scratch.path + "/own" }
  private var shipped: String { scratch.path + "/shipped" }
  private var layers: ProjectLayers { ProjectLayers(own: own, shipped: shipped) }
  private var library: FolderLibrary { FolderLibrary(layers) }

  init() throws {
    scratch = try Scratch()
    for (path, text) in [
      ("own/fixtures/components/page/component.yaml", "own"),
      ("own/experiments/first/mine.yaml", "own"),
      ("shipped/fixtures/components/page/component.yaml", "shipped"),
      ("shipped/fixtures/components/page/page.conf", "shipped"),
      ("shipped/fixtures/components/store/component.yaml", "shipped"),
      ("shipped/fixtures/stacks/pages.yaml", "shipped"),
      ("shipped/experiments/first/01.yaml", "shipped"),
      ("shipped/experiments/second/02.yaml", "shipped"),
    ] {
      let whole = scratch.path + "/" + path
      try Files.makeFolder(String(whole[..<whole.lastIndex(of: "/")!]))
      try Files.write(text, to: whole)
    }
  }

  private func text(_ path: String) -> String? {
    library.read(path).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("fixtures/components/page/component.yaml", "own"),
    ("fixtures/components/store/component.yaml", "shipped"),
    ("./fixtures//components/store/component.yaml", "shipped"),
    ("fixtures/stacks/pages.yaml", "shipped"), ("experiments/first/mine.yaml", "own"),
    ("experiments/first/01.yaml", "shipped"), ("experiments/second/02.yaml", "shipped"),
  ])
  func aFileComesFromTheUsersOwnOrElseFromWhatCame(path: String, from: String) throws {
    #expect(text(path) == from)
    let place = layers.place(of: path)
    #expect(try Files.read(place) == from)
  }

  /// A component is taken whole: a template of the shipped one is none of the user's.
  @Test func aThingOfTheUsersHidesAllOfTheOther() {
    #expect(text("fixtures/components/page/page.conf") == nil)
    #expect(library.list("fixtures/components/page") == ["component.yaml"])
    #expect(layers.places(of: "fixtures/components/page") == [own + "/fixtures/components/page"])
  }

  @Test func foldersOfThingsAreListedTogether() {
    #expect(library.list("fixtures/components") == ["page", "store"])
    #expect(library.list("experiments") == ["first", "second"])
    #expect(library.list("experiments/first") == ["01.yaml", "mine.yaml"])
    #expect(library.list("fixtures/stacks") == ["pages.yaml"])
    #expect(layers.places(of: "fixtures/stacks") == [shipped + "/fixtures/stacks"])
    #expect(layers.places(of: "experiments").count == 2)
  }

  /// It is the user's mistake and is said, not passed over in silence.
  @Test func aLinkThatLeadsNowhereIsTheUsersOwn() throws {
    try Files.makeLink(own + "/fixtures/components/store", to: "nowhere")
    #expect(text("fixtures/components/store/component.yaml") == nil)
    #expect(library.refusal(of: "fixtures/components/store/component.yaml") != nil)
  }

  @Test func nothingLeavesEitherFolder() throws {
    try Files.write("secret", to: scratch.path + "/secret")
    for path in ["../secret", "fixtures/../../secret", "fixtures/stacks/../../../secret"] {
      #expect(text(path) == nil, "\(path)")
    }
  }

  @Test func withoutWhatCameNothingChanges() {
    let alone = FolderLibrary(root: own)
    #expect(alone.list("experiments") == ["first"])
    #expect(alone.read("fixtures/stacks/pages.yaml") == nil)
    #expect(ProjectLayers(own: own, shipped: own).shipped == nil)
  }
}
