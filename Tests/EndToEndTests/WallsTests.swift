import Foundation
import Testing

extension EndToEnd {
  /// What is on a node cannot reach beyond it, whoever it is.
  @Suite(.needs("/usr/bin/python3")) struct Walls {
    static let bareRoot = "setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all"
    static let nobody = "setpriv --reuid=nobody --regid=nogroup --clear-groups"

    @Test(.needs("/usr/bin/setpriv")) func nothingBeyondTheNodeIsReached() throws {
      let beyond = try Beyond()
      defer { beyond.end() }
      let project = try SmallProject()
      try FileManager.default.copyItem(
        atPath: Machine.root + "/Tests/EndToEndTests/Fixtures/walls/attempts.py",
        toPath: project.folder + "/fixtures/components/page/attempts.py")
      try project.write(beyond.marks, to: "fixtures/components/page/marks.json")
      let place = project.folder + "/fixtures/components/page"
      let attempts = "/usr/bin/python3 \(place)/attempts.py \(place)/marks.json"

      // The control: what is looked for is there, and the attempts find it where there is no wall.
      let control = try project.shell("\(attempts) harmless")
      let reached = control.output.split(separator: "\n")
      #expect(reached.count == 10 && reached.allSatisfy { $0.hasPrefix("reached ") }, "\(control)")
      try FileManager.default.removeItem(atPath: beyond.folder + "/written")

      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small").code == 0)
      for user in ["", Self.bareRoot, Self.nobody] {
        let tried = try project.faultline(
          "exec", "web", "--", "/bin/sh", "-c", "cd / && \(user) \(attempts)")
        let lines = tried.output.split(separator: "\n")
        #expect(lines.count >= 50, "\(user): \(tried)")
        for line in lines where !line.hasPrefix("refused ") { Issue.record("\(user): \(line)") }
      }
      #expect(!FileManager.default.fileExists(atPath: beyond.folder + "/written"))
    }

    /// A node sees of the project what its own components are made of.
    @Test func theRestOfTheProjectIsHidden() throws {
      let project = try SmallProject()
      for hidden in [
        ".env", ".git/config", "notes.txt", "fixtures/components/other/component.yaml",
      ] {
        try project.write("s3cr3t-of-the-project", to: hidden)
      }
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small").code == 0)
      let find = "cd \(project.folder) && find . -type f | sort"
      let web = try project.faultline("exec", "web", "--", "/bin/sh", "-c", find)
      #expect(
        web.output == "./fixtures/components/page/component.yaml\n"
          + "./fixtures/components/page/nginx.conf\n", "\(web)")
      let write = try project.faultline(
        "exec", "web", "--", "/bin/sh", "-c",
        "echo x >> \(project.folder)/fixtures/components/page/nginx.conf")
      #expect(write.code != 0 && write.errors.contains("Read-only"), "\(write)")
      let client = try project.faultline(
        "exec", "client", "--", "/bin/sh", "-c", "test ! -e \(project.folder) && echo hidden")
      #expect(client.output == "hidden\n", "\(client)")
      // The control: they are there.
      let control = try project.shell(find)
      #expect(control.output.contains("./.env\n") && control.output.contains("./.git/config\n"))
    }

    /// Everything that can be signalled is, by root; the stack's other node notices nothing.
    @Test func killingAllEndsAtTheNode() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small").code == 0)
      _ = try project.faultline("exec", "client", "--", "/bin/sh", "-c", "kill -9 -1")
      let status = try project.faultline("status")
      #expect(status.code == 0 && status.output.contains("running"), "\(status)")
      #expect(try project.faultline("exec", "client", "--", "true").code == 0)
    }

    /// The kernel bounds the processes of a PID namespace since 6.14.
    @Test(.enabled(if: Machine.kernel >= (6, 14), "needs Linux 6.14"))
    func aForkBombEndsNoVerdict() throws {
      let project = try SmallProject(
        server: SmallProject.server.replacing(
          "command: [\"${binary}\",",
          with: "command: [/bin/sh, -c, '(sleep 4; while :; do (sleep 60 & sleep 60) & done)"
            + " & exec \"$0\" \"$@\"', \"${binary}\","))
      let ended = try project.run()
      #expect([0, 1, 6].contains(ended.code), "\(ended)")
      #expect(try !project.result().invariants.isEmpty)
    }

    @Test func theCallersEnvironmentStaysOutside() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      let up = try Program(
        Machine.faultline, ["up", "small"], in: project.folder,
        environment: project.environment.merging(["AWS_SECRET_ACCESS_KEY": "s3cr3t-key"]) { $1 }
      ).finish()
      try #require(up.code == 0, "\(up)")
      let look = try project.faultline(
        "exec", "web", "--", "/bin/sh", "-c",
        "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n'")
      #expect(look.output.contains("PATH=") && !look.output.contains("s3cr3t-key"), "\(look)")
    }

    @Test func aCapabilityThatReachesBeyondIsRefusedAtPlanning() throws {
      let project = try SmallProject(
        server: SmallProject.server + "\ncapabilities: [NET_BIND_SERVICE, SYS_ADMIN]\n")
      let plan = try project.faultline("plan", "experiments/small.yaml")
      #expect(plan.code == 2, "\(plan)")
      #expect(plan.errors.contains("SYS_ADMIN reaches beyond the node"), "\(plan)")
      #expect(plan.errors.contains("fixtures/components/page/component.yaml:"), "\(plan)")
    }

    /// Port 80 is root's, or whose component asks for it.
    @Test func aComponentHasWhatItAsksForAndNothingElse() throws {
      let low = SmallProject.configuration.replacing("0.0.0.0:8080", with: "0.0.0.0:80")
      let server = SmallProject.server.replacing(":8080/", with: ":80/")
      let stack = SmallProject.stack.replacing(":8080/", with: ":80/")
      for isAsked in [false, true] {
        let project = try SmallProject(
          server: server + (isAsked ? "\ncapabilities: [NET_BIND_SERVICE]\n" : "\n"))
        try project.write(low, to: "fixtures/components/page/nginx.conf")
        try project.write(stack, to: "fixtures/stacks/small.yaml")
        defer { _ = try? project.faultline("down") }
        let up = try project.faultline("up", "small")
        #expect((up.code == 0) == isAsked, "\(up)")
        if !isAsked { #expect(up.errors.contains("bind() to 0.0.0.0:80 failed"), "\(up)") }
      }
    }
  }
}

/// What lies beyond a node, on the host: things that no attempt may find.
private final class Beyond {
  let folder = "/tmp/beyond-\(UUID().uuidString)"
  private let word = "beyond-\(UUID().uuidString)"
  private let process = Process()
  private var sockets: [Int32] = []
  private var segment: Int32 = -1
  private let key = Int32.random(in: 0x1000_0000...0x7fff_0000)
  private var port: UInt16 = 0

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    chmod(folder, 0o777)
    try "beyond".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
    try "beyond".write(toFile: "/dev/shm/" + word, atomically: true, encoding: .utf8)
    segment = shmget(key, 4096, Int32(IPC_CREAT) | 0o666)
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "exec -a \(word) sleep 300"]
    try process.run()
    try listen()
  }

  private func listen() throws {
    let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(tcp, $0, size)
        _ = getsockname(tcp, $0, &size)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    sockets = [tcp, try local("\0" + word), try local(folder + "/socket")]
    for one in sockets { try #require(Glibc.listen(one, 16) == 0) }
    chmod(folder + "/socket", 0o777)
  }

  private func local(_ name: String) throws -> Int32 {
    let one = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(name.utf8)) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(one, $0, size) }
    }
    try #require(result == 0)
    return one
  }

  /// What the attempts look for, as JSON.
  var marks: String {
    """
    {"file": "\(folder)/file", "folder": "\(folder)", "word": "\(word)", "port": \(port), \
    "abstract": "\(word)", "socket": "\(folder)/socket", "key": \(key), "shm": "\(word)", \
    "peer": "10.78.0.9"}
    """
  }

  func end() {
    for one in sockets { close(one) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    _ = shmctl(segment, Int32(IPC_RMID), nil)
    for path in [folder, "/dev/shm/" + word] { try? FileManager.default.removeItem(atPath: path) }
  }
}
