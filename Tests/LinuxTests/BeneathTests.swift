import CLinux
import Foundation
import Linux
import Synchronization
import TestGround
import Testing

/// Nothing leads out of the folder, whoever writes in it.
@Suite struct BeneathTests {
  private let ground: TemporaryFolder
  private var inside: String { ground.path + "/inside" }

  init() throws {
    ground = try TemporaryFolder()
    try Files.makeFolder(inside + "/sub")
    try Files.makeFolder(ground.path + "/outside")
    try Files.write("secret", to: ground.path + "/outside/secret")
    try Files.write("mine", to: inside + "/sub/file")
    try Files.makeLink(inside + "/link", to: "../outside")
    try Files.makeLink(inside + "/near", to: "sub")
  }

  @Test(arguments: [
    ("../outside/secret", EXDEV), ("/etc/passwd", EXDEV), ("link/secret", ELOOP),
    ("near/file", ELOOP),
    ("sub/none", ENOENT),
  ])
  func neitherAPathNorALinkLeadsAway(path: String, code: Int32) throws {
    let error = #expect(throws: Errno.self) { try Beneath(inside).read(path, atMost: 100) }
    #expect(error?.code == code, "\(String(describing: error))")
    let folder = open(inside, O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    for way in [cl_open_beneath, cl_open_beneath_by_parts] {
      #expect(way(folder, path, O_RDONLY, 0) == -code, "\(path)")
    }
  }

  @Test func whatIsReplacedKeepsItsModeAndNoLinkIsFollowed() throws {
    let folder = try Beneath(inside)
    try Files.setOwnMode(inside + "/sub/file", 0o640)
    try folder.replace("sub/file", Array("new".utf8), mode: 0o600)
    #expect(try Files.read(inside + "/sub/file") == "new")
    #expect(try mode(of: "sub/file") == 0o640)
    try Files.makeLink(inside + "/out", to: "../outside/secret")
    try folder.replace("out", Array("own".utf8), mode: 0o600)
    #expect(try folder.kind(of: "out") == .file && Files.read(inside + "/out") == "own")
    #expect(try mode(of: "out") == 0o600)
    #expect(try Files.read(ground.path + "/outside/secret") == "secret")
    // What cannot be replaced is left alone, and nothing else is left.
    #expect(throws: Errno.self) { try folder.replace("sub", [], mode: 0o600) }
    #expect(throws: Errno.self) { try folder.replace("link/secret", [], mode: 0o600) }
    #expect(try folder.names() == ["link", "near", "out", "sub"])
  }

  private func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: inside + "/" + name)[.posixPermissions] as? Int
  }

  @Test func whatLiesBelowIsReadBothWays() throws {
    #expect(try Beneath(inside).read("sub/file", atMost: 4) == Array("mine".utf8))
    let folder = open(inside, O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    let file = cl_open_beneath_by_parts(folder, "sub//./file", O_RDONLY, 0)
    #expect(file >= 0)
    close(file)
  }

  @Test func sizesAndDevicesAreRefused() throws {
    let tooLarge = #expect(throws: Errno.self) { try Beneath(inside).read("sub/file", atMost: 3) }
    #expect(tooLarge?.isTooLarge == true)
    let device = #expect(throws: Errno.self) { try Beneath("/dev").read("zero", atMost: 3) }
    #expect(device?.isOther == true)
  }

  @Test func nothingIsMadeThroughALinkOrOverAnything() throws {
    let folder = try Beneath(inside)
    #expect(throws: Errno.self) { try folder.create("link/new", [1], mode: 0o644) }
    #expect(throws: Errno.self) { try folder.create("link", [1], mode: 0o644) }
    #expect(throws: Errno.self) { try folder.makeFolder("link/new") }
    #expect(throws: Errno.self) { try folder.makeFolder("../new") }
    #expect(throws: Errno.self) { try folder.create("sub/file", [1], mode: 0o644) }
    try folder.makeFolder("a/b", mode: 0o750)
    try folder.create("a/b/c", [1], mode: 0o600)
    #expect(try Files.list(ground.path + "/outside") == ["secret"])
    #expect(try Files.list(inside + "/a/b") == ["c"])
  }

  /// Somebody changes the folder into a link and back all the while: nothing lands beyond it.
  @Test func aRaceForTheFolderIsNeverWon() throws {
    let isOver = Atomic(false)
    let racing = inside
    let racer = try Linux.Thread(named: "racer") {
      while !isOver.load(ordering: .relaxed) {
        rename(racing + "/sub", racing + "/aside")
        symlink("../outside", racing + "/sub")
        unlink(racing + "/sub")
        rename(racing + "/aside", racing + "/sub")
      }
    }
    let folder = try Beneath(inside)
    var made = 0
    for number in 0..<5000 {
      do throws(Errno) {
        try folder.create("sub/\(number)", [], mode: 0o600)
        made += 1
      } catch {}
    }
    isOver.store(true, ordering: .relaxed)
    racer.join()
    #expect(made > 0)
    #expect(try Files.list(ground.path + "/outside") == ["secret"])
  }

  @Test func aCopyDoesNotFollowALinkInItsOwnPlace() throws {
    #expect(throws: Errno.self) {
      try FolderTree.copy(inside + "/link", to: ground.path + "/copy")
    }
    try FolderTree.copy(inside, to: ground.path + "/copy")
    #expect(try Files.link(ground.path + "/copy/link") == "../outside")
    #expect(!Files.exists(ground.path + "/copy/outside"))
  }
}
