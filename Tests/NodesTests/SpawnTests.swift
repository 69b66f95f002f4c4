import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

@Suite(needsRoot) struct SpawnTests {
  @Test func outputErrorsAndCodeComeBack() throws {
    let test = try TestSpace()
    let done = try test.node().shell("echo out; echo err >&2; exit 3")
    #expect(done.text == "out\n")
    #expect(done.errorText == "err\n")
    #expect(done.exit.cause == .code(3))
  }

  @Test(arguments: ["nobody", "postgres"].filter(isUser)) func runsAsTheUser(_ user: String) throws
  {
    let account = try #require(try Account.named(user))
    let test = try TestSpace()
    let done = try test.node().shell(
      "id -u; id -G; echo $HOME; grep CapEff /proc/self/status", user: user)
    let lines = done.text.split(separator: "\n").map(String.init)
    try #require(lines.count == 4, "\(done)")
    #expect(lines[0] == String(account.user))
    #expect(
      Set(lines[1].split(separator: " ").map(String.init)) == Set(account.groups.map(String.init)))
    #expect(lines[2] == account.home)
    #expect(lines[3].hasSuffix("0000000000000000"))
  }

  @Test func errorsNameTheFileAndTheStep() throws {
    let test = try TestSpace()
    let node = try test.node()
    let cases: [(Command, String)] = [
      (Command("/no/such/program"), "execute /no/such/program: No such file or directory"),
      (Command("/etc/passwd"), "execute /etc/passwd: Permission denied"),
      (Command("no-such-program"), "no program no-such-program in \(Command.standardPath)"),
      (Command("/bin/true", folder: "/no/folder"), "enter folder /no/folder as root"),
      (Command("/bin/true", folder: "/root", user: "nobody"), "as nobody: Permission denied"),
      (Command("/bin/true", user: "no-such-user"), "no user no-such-user"),
      (Command("/bin/true", output: .append("/no/log")), "open /no/log: No such file"),
    ]
    for (command, sentence) in cases {
      let error = #expect(throws: NodesError.self) { _ = try node.start(command) }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
  }

  @Test func nothingOfOursIsInherited() throws {
    let test = try TestSpace()
    let leaky = open("/etc/passwd", O_RDONLY)
    defer { close(leaky) }
    Signals.ignore(SIGPIPE)
    let script = "ls /proc/self/fd | tr '\\n' ' '; grep -E 'SigBlk|SigIgn' /proc/self/status; env"
    let text = try test.node().shell(script).text
    #expect(text.hasPrefix("0 1 2 3 "), "\(text)")
    #expect(text.contains("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000"))
    #expect(!text.contains("SWIFT"))
  }

  @Test func timeIsUpForAllOfIt() throws {
    let test = try TestSpace()
    let node = try test.node()
    let slow = Command("/bin/sh", ["-c", "echo early; (setsid sleep 986 &); sleep 986"])
    let done = try node.run(slow, timeout: .seconds(1))
    #expect(done.isTimedOut && !done.isSuccess)
    #expect(done.text == "early\n")
    #expect(done.exit.cause == .signal(SIGKILL))
    #expect(try node.shell("pgrep -x -f 'sleep 986'").exit.cause == .code(1))
  }

  /// Some kernels kill what is born into a cgroup that was killed once (6.18): it is joined then.
  @Test func aCgroupThatWasKilledCanBeStartedInto() throws {
    let test = try TestSpace()
    guard case .cgroup(let node) = try test.node().containment else { return }
    let cgroup = try node.child("reused")
    for round in 0..<3 {
      let child = try reaper.start { () throws(NodesError) in
        let place = SpawnPlace(cgroup: cgroup.folder.raw)
        return try Command("/bin/sh", ["-c", "sleep 980; exit 1"]).spawn(in: place)
      }
      #expect(try eventually { try cgroup.processes().count == 2 }, "round \(round)")
      try cgroup.kill()
      #expect(child.ended.wait().cause == .signal(SIGKILL))
      #expect(try cgroup.wait(for: "populated", false, until: Supervisor.deadline))
    }
  }

  @Test func aDaemonLeftBehindIsNotWaitedFor() throws {
    let test = try TestSpace()
    let done = try test.node().shell("(setsid sleep 985 &); echo done")
    #expect(done.text == "done\n" && done.isSuccess)
  }

  @Test func floodIsCutAndSaidSo() throws {
    let test = try TestSpace()
    let flood = Command("/bin/sh", ["-c", "head -c 3000000 /dev/zero"])
    let done = try test.node().run(flood, timeout: plenty, limit: 1000)
    #expect(done.output.count == 1000 && done.isTruncated && done.isSuccess)
  }

  @Test func manyThreadsMayRunAtOnce() throws {
    let test = try TestSpace()
    let nodes = try (0..<3).map { try test.node(NodeID("n\($0)")) }
    let results = Events<String>()
    let threads = try (0..<6).map { worker in
      try Linux.Thread(named: "worker") {
        for round in 0..<10 {
          let done = try? nodes[worker % 3].shell(
            "echo \(worker) \(round) $(hostname); exit \(round)")
          results.add("\(done?.text ?? "failed") \(done?.exit.code ?? -1)")
        }
      }
    }
    for thread in threads { thread.join() }
    let expected = (0..<6).flatMap { worker in
      (0..<10).map { "\(worker) \($0) n\(worker % 3)\n \($0)" }
    }
    #expect(results.all.sorted() == expected.sorted())
  }

  @Test func execRunsWithTheClientsFiles() throws {
    let test = try TestSpace()
    let node = try test.node("web-a")
    let server = try ControlServer(at: test.folder + "/control") { request, client in
      let script = String(decoding: request.bytes, as: UTF8.self)
      let exit = try? node.serve(Command("/bin/sh", ["-c", script]), for: request, client)
      return [UInt8(exit?.code ?? 255)]
    }
    let client = try ControlClient(at: test.folder + "/control")
    let input = try Descriptor.pipe()
    let output = try Descriptor.pipe()
    try input.writing.write("a line\n")
    let files = [input.reading.raw, output.writing.raw, output.writing.raw]
    let script = Array("read x; echo $x from $(hostname); exit 6".utf8)
    #expect(try client.ask(script, files: files) == [6])
    #expect(try client.ask([], files: [0]) == [255])
    #expect(
      String(decoding: try output.keepReading().readAll(), as: UTF8.self) == "a line from web-a\n")
    try server.stop()
  }

  @Test func execEndsWhenItsClientGoes() throws {
    let test = try TestSpace()
    let node = try test.node()
    let ended = Latch<Exit.Cause?>()
    let server = try ControlServer(at: test.folder + "/control") { request, client in
      ended.set((try? node.serve(Command("sleep", ["981"]), for: request, client))?.cause)
      return []
    }
    do {
      let client = try ControlClient(at: test.folder + "/control")
      try client.send([], files: [0, 1, 2])
      #expect(try eventually { try node.shell("pgrep -x -f 'sleep 981'").isSuccess })
    }
    #expect(ended.wait() == .signal(SIGKILL))
    try server.stop()
  }

  @Test func logsAreAppended() throws {
    let test = try TestSpace()
    let node = try test.node()
    let log = test.folder + "/log"
    for word in ["one", "two"] {
      let tool = try node.start(Command("echo", [word]).logging(to: log))
      _ = tool.wait()
      try tool.end()
    }
    #expect(try Files.read(log) == "one\ntwo\n")
  }
}

private func isUser(_ name: String) -> Bool { (try? Account.named(name)) ?? nil != nil }
