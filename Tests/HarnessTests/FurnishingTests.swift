import Basics
import Experiments
import Foundation
import Glibc
import Linux
import Stacks
import TestGround
import Testing

@testable import Harness

/// What is put into a node for an instance: where it lies, whose it is, and that nothing which lies in the
/// way leads elsewhere.
@Suite(.enabled(if: geteuid() == 0, "needs root")) struct FurnishingTests {
  private let scratch: TemporaryFolder
  /// What the node would know as `/run`.
  private var ground: String { scratch.path + "/run" }
  private var own: String { ground + "/page" }

  init() throws {
    scratch = try TemporaryFolder()
    try Files.makeFolder(scratch.path + "/run")
    try Files.makeFolder(scratch.path + "/elsewhere")
    try Files.write("theirs", to: scratch.path + "/elsewhere/file")
  }

  private static let recipe = """
    name: page
    summary: A page.
    binary: /bin/true
    packages: [coreutils]
    user: nobody
    command: ["${binary}"]
    folders: [{path: kept/data, mode: "0700"}, spool]
    files:
      - {text: "one", to: etc/deep/one.conf}
      - {text: "two", to: start.sh, mode: "4755"}
      - {text: "key", to: etc/key, mode: "0600"}
    prepare: {folder: kept/data, steps: [[/bin/true]]}
    """

  private static let stack = """
    title: One page
    sites: [here]
    networks: {lan: {subnet: 10.78.0.0/24}}
    nodes: {web: {site: here, role: web, ip: 10.78.0.1, components: [page]}}
    services: {page: {url: "http://10.78.0.1/"}}
    """

  private func instance(_ recipe: String = FurnishingTests.recipe) throws -> Instance {
    let library = MemoryLibrary(texts: [
      "fixtures/stacks/small.yaml": Self.stack, "fixtures/components/page/component.yaml": recipe,
    ])
    let stack = try Loader(library, machine: .imaginary).stack("small")
    return try #require(stack.nodes[0].instances.first)
  }

  private func begin(_ instance: Instance) throws -> Furnishing {
    try Furnishing.begin(instance, on: "web", in: Beneath(ground))
  }

  /// Owner and permissions: `nobody 644`.
  private func look(_ name: String) throws -> String {
    var info = stat()
    let path = name.isEmpty ? own : own + "/" + name
    try #require(lstat(path, &info) == 0, "\(path)")
    let nobody = try #require(try Account.named("nobody"))
    let owner = info.st_uid == 0 ? "root" : info.st_uid == nobody.user ? "nobody" : "\(info.st_uid)"
    return "\(owner) \(String(info.st_mode & 0o7777, radix: 8))"
  }

  @Test func everythingLiesInItsPlaceAndIsGivenAwayLast() throws {
    let furnishing = try begin(instance())
    #expect(try look("") == "root 700")
    try furnishing.furnish()
    // Nobody else gets in while it is not complete, and nothing in it is anybody else's.
    #expect(try look("") == "root 700")
    for name in ["etc/deep/one.conf", "start.sh", "etc/key", "kept/data", "spool"] {
      #expect(try look(name).hasPrefix("root "), "\(name)")
    }
    try furnishing.handOver()
    let expected = [
      "": "nobody 755", "etc": "nobody 755", "etc/deep": "nobody 755",
      "etc/deep/one.conf": "nobody 644", "start.sh": "nobody 4755", "etc/key": "nobody 600",
      "kept": "nobody 755", "kept/data": "nobody 700", "spool": "nobody 755",
    ]
    for (name, seen) in expected { #expect(try look(name) == seen, "\(name)") }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: own).count == expected.count - 1)
    #expect(try Files.read(own + "/etc/deep/one.conf") == "one")
  }

  @Test func aFolderThatIsThereAlreadyIsAnotherInstances() throws {
    let instance = try instance()
    _ = try begin(instance)
    let error = #expect(throws: HarnessError.self) { _ = try begin(instance) }
    #expect("\(error!)".contains("node web has /run/page already"), "\(error!)")
  }

  @Test func aUserThatTheMachineDoesNotHaveIsNamed() throws {
    let instance = try instance(Self.recipe.replacing("user: nobody", with: "user: no-such-user"))
    let error = #expect(throws: HarnessError.self) { _ = try begin(instance) }
    #expect("\(error!)".contains("web/page runs as user no-such-user"), "\(error!)")
    #expect(!FileManager.default.fileExists(atPath: own))
  }

  /// A link in the place of the instance's folder, of a folder within it, of a file.
  @Test(arguments: ["", "etc", "etc/deep", "start.sh", "kept"])
  func noLinkIsFollowedWhereSomethingIsMade(name: String) throws {
    let elsewhere = scratch.path + "/elsewhere"
    if name.isEmpty {
      try Files.makeLink(own, to: elsewhere)
      let instance = try instance()
      #expect(throws: HarnessError.self) { _ = try begin(instance) }
    } else {
      let furnishing = try begin(instance())
      if name.contains("/") { try Files.makeFolder(own + "/etc") }
      try Files.makeLink("\(own)/\(name)", to: elsewhere)
      let error = #expect(throws: Errno.self) { try furnishing.furnish() }
      #expect(error.map { [ELOOP, EEXIST, ENOTDIR].contains($0.code) } == true, "\(error!)")
    }
    #expect(try Files.list(elsewhere) == ["file"])
  }

  /// A server of the same user puts a link in a file's place before that is given away.
  @Test(arguments: ["etc/key", "spool", "etc"])
  func whatALinkLeadsToIsNotGivenAway(name: String) throws {
    let furnishing = try begin(instance())
    try furnishing.furnish()
    try Files.removeTree("\(own)/\(name)")
    let goal = scratch.path + "/elsewhere" + (name == "etc/key" ? "/file" : "")
    try Files.makeLink("\(own)/\(name)", to: goal)
    let error = #expect(throws: Errno.self) { try furnishing.handOver() }
    #expect(error?.isLink == true, "\(error!)")
    var info = stat()
    for path in [scratch.path + "/elsewhere", scratch.path + "/elsewhere/file"] {
      #expect(lstat(path, &info) == 0 && info.st_uid == 0, "\(path)")
    }
    // The outermost folder is given away last: nobody has got in.
    #expect(try look("") == "root 700")
  }

  @Test func preparedDataKeepsItsOwnersAndReplacesWhatWasThere() throws {
    let kept = scratch.path + "/kept"
    try Files.makeFolder(kept + "/base", mode: 0o750)
    try Files.write("rows", to: kept + "/base/table")
    #expect(chown(kept + "/base/table", 1234, 1234) == 0)
    let furnishing = try begin(instance())
    try furnishing.furnish()
    try Files.write("old", to: own + "/kept/data/old")
    try furnishing.place(Beneath(kept), at: "/run/page/kept/data")
    try furnishing.handOver(except: "/run/page/kept/data")
    #expect(try Files.list(own + "/kept/data") == ["base"])
    #expect(try look("kept/data/base/table").hasPrefix("1234 "))
    #expect(try look("kept/data/base") == "root 750")
    #expect(try look("kept") == "nobody 755")
    #expect(try Files.read(own + "/kept/data/base/table") == "rows")
  }

  @Test func preparedDataIsPlacedThroughNoLinkAndToNoEndlessDepth() throws {
    let furnishing = try begin(instance())
    try furnishing.furnish()
    try Files.removeTree(own + "/kept")
    try Files.makeLink(own + "/kept", to: scratch.path + "/elsewhere")
    let kept = scratch.path + "/kept"
    try Files.makeFolder(kept)
    let link = #expect(throws: Errno.self) {
      try furnishing.place(Beneath(kept), at: "/run/page/kept/data")
    }
    #expect(link.map { [ELOOP, ENOTDIR].contains($0.code) } == true, "\(link!)")
    #expect(try Files.list(scratch.path + "/elsewhere") == ["file"])
    try Files.removeTree(own + "/kept")
    let deep = (0..<200).map { _ in "d" }.joined(separator: "/")
    try Files.makeFolder("\(kept)/\(deep)")
    let error = #expect(throws: Errno.self) {
      try furnishing.place(Beneath(kept), at: "/run/page/kept/data")
    }
    #expect(error?.code == ENAMETOOLONG, "\(error!)")
  }
}
