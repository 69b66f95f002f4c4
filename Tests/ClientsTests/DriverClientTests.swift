import Basics
import Bindings
import Clients
import Foundation
import Glibc
import Histories
import Linux
import Synchronization
import TestGround
import Testing
import Workloads

/// Real programs that behave as no driver should: never a hang, never a wrong outcome.
@Suite struct DriverClientTests {
  /// What a run's report would say.
  final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Answers well, but for what its mode says about the element 13.
  static let script = """
    import json, os, sys, time
    mode, calls = "", 0
    def say(**line): print(json.dumps(line), flush=True)
    for text in sys.stdin:
        line = json.loads(text)
        kind = line["type"]
        if kind == "init":
            mode = line["options"]["mode"]
            if mode == "mute": time.sleep(60)
            if mode == "early": say(type="open_ok", client=1)
            say(type="init_ok", functions=["read"] if mode == "poor" else ["add", "read"])
        elif kind == "setup":
            if mode == "unprepared":
                say(type="setup_failed", error={"code": "crash", "text": "no table"})
            else: say(type="setup_ok")
        elif kind == "open":
            say(type="open_ok", client=line["client"])
            if mode == "opens-twice": say(type="open_ok", client=line["client"])
        elif kind == "invoke":
            client, id, value = line["client"], line["id"], line["value"]
            odd = value == 13 or mode.startswith("every-")
            good = dict(type="complete", client=client, id=id, outcome="ok")
            if line["function"] == "read": good["value"] = [1, 2]
            if not odd: say(**good)
            elif mode.endswith("dies"):
                sys.stderr.write("its very last words\\n"); sys.stderr.flush(); os._exit(3)
            elif mode == "hangs": time.sleep(60)
            elif mode == "silent": pass
            elif mode == "twice": say(**good); say(**good)
            elif mode == "another": say(**(good | {"client": client + 1}))
            elif mode == "unasked": say(**(good | {"id": id + 1000}))
            elif mode == "garbage": print("Traceback: oh", flush=True)
            elif mode == "outcome": say(**(good | {"outcome": "perhaps"}))
            elif mode == "floods":
                while True: sys.stdout.write("x" * 65536)
            elif mode == "closes": os.close(1); time.sleep(60)
            elif mode == "definite":
                say(**(good | {"outcome": "fail", "error": {"code": "abort", "text": "undone"}}))
            elif mode == "vague": say(**(good | {"outcome": "fail", "error": {"code": "what"}}))
            elif mode == "own":
                say(**(good | {"outcome": "fail", "error": {"code": "what", "definite": True}}))
    """

  static let add = SetWorkload.functions.first { $0.name == "add" }!
  static let read = SetWorkload.functions.first { $0.name == "read" }!

  private func host(
    _ mode: String, _ folder: TemporaryFolder, _ notes: Notes = Notes(), script: String = script
  ) throws -> any ClientHost {
    Signals.ignore(SIGPIPE)
    let path = folder.path + "/driver.py"
    try script.write(toFile: path, atomically: true, encoding: .utf8)
    var bindings = try DriverBindings(
      ClientSettings(
        own: Settings([
          "name": .text("odd"), "options": .mapping(["mode": .text(mode)]),
        ])), functions: SetWorkload.functions)
    try bindings.take(
      DriverDeclaration(
        name: "odd", summary: "", command: ["/usr/bin/python3", "${dir}/driver.py"],
        folder: folder.path), for: [])
    return bindings.host(on: .machine(place: { $0 }, note: { notes.add($0) }))
  }

  /// Asks until a moment has come in which the driver is up again.
  private func awaitGood(_ client: any Client) -> Bool {
    let clock = RunClock()
    return clock.wait(within: .seconds(30), unless: StopFlag()) {
      client.invoke(Invocation(Self.add, .integer(1))).kind == .ok
    }
  }

  @Test func aGoodDriverIsServed() throws {
    try TemporaryFolder.with { folder in
      let client = try host("good", folder).client(of: "x://y", timeout: .seconds(20))
      try client.prepare()
      #expect(client.invoke(Invocation(Self.add, .integer(7))) == .ok(.integer(7)))
      #expect(client.invoke(Invocation(Self.read)) == .ok(.integers([1, 2])))
    }
  }

  /// Its write is unknown, the report has the reason, and it is started again.
  @Test(
    arguments: [
      ("dies", "its very last words"), ("another", "for client"), ("unasked", "unasked"),
      ("garbage", "no JSON object"), ("outcome", "not ok, fail or info"), ("floods", "bytes"),
      ("closes", "ended"),
    ]) func aBrokenDriverIsStartedAgain(mode: String, reason: String) throws
  {
    try TemporaryFolder.with { folder in
      let notes = Notes()
      let client = try host(mode, folder, notes).client(of: "x://y", timeout: .seconds(20))
      #expect(client.invoke(Invocation(Self.add, .integer(1))).kind == .ok)
      let odd = client.invoke(Invocation(Self.add, .integer(13)))
      #expect(odd.kind == .info, "\(odd)")
      #expect(awaitGood(client))
      #expect(notes.text.contains(reason), "\(notes.text)")
      #expect(notes.text.contains("it was started again"))
    }
  }

  @Test func anAnswerGivenTwiceCountsOnceAndEndsTheDriver() throws {
    try TemporaryFolder.with { folder in
      let notes = Notes()
      let client = try host("twice", folder, notes).client(of: "x://y", timeout: .seconds(20))
      #expect(client.invoke(Invocation(Self.add, .integer(13))) == .ok(.integer(13)))
      let clock = RunClock()
      #expect(
        clock.wait(within: .seconds(30), unless: StopFlag()) { notes.text.contains("twice") })
      #expect(awaitGood(client))
    }
  }

  @Test func aReadThatIsLostIsAFail() throws {
    try TemporaryFolder.with { folder in
      let client = try host("every-dies", folder).client(of: "x://y", timeout: .seconds(20))
      #expect(client.invoke(Invocation(Self.read)).kind == .fail)
    }
  }

  @Test func anUnansweredOperationIsUnknownAndItsClientIsOpenedAnew() throws {
    try TemporaryFolder.with { folder in
      let host = try host("silent", folder)
      #expect(awaitGood(host.client(of: "x://y", timeout: .seconds(20))))
      let client = host.client(of: "x://y", timeout: .seconds(1))
      let odd = client.invoke(Invocation(Self.add, .integer(13)))
      #expect(odd.kind == .info && odd.error?.contains("no answer within") == true, "\(odd)")
      #expect(awaitGood(client))
    }
  }

  /// It reads nothing any more: its clients are not opened, so it is killed and started again.
  @Test func aHungDriverIsStartedAgain() throws {
    try TemporaryFolder.with { folder in
      let notes = Notes()
      let host = try host("hangs", folder, notes)
      #expect(awaitGood(host.client(of: "x://y", timeout: .seconds(20))))
      let client = host.client(of: "x://y", timeout: .milliseconds(500))
      #expect(client.invoke(Invocation(Self.add, .integer(13))).kind == .info)
      #expect(awaitGood(client))
      #expect(notes.text.contains("did not answer 'open'"), "\(notes.text)")
    }
  }

  @Test(arguments: ["mute", "early", "poor"]) func nothingIsSentToOneThatNeverGreets(mode: String)
    throws
  {
    try TemporaryFolder.with { folder in
      let client = try host(mode, folder).client(of: "x://y", timeout: .milliseconds(300))
      let completion = client.invoke(Invocation(Self.add, .integer(1)))
      #expect(completion.kind == .fail && completion.error?.contains("not sent") == true)
    }
  }

  @Test(arguments: [("definite", "fail"), ("vague", "info"), ("own", "fail")])
  func onlyADefiniteErrorIsAFail(mode: String, outcome: String) throws {
    try TemporaryFolder.with { folder in
      let client = try host(mode, folder).client(of: "x://y", timeout: .seconds(20))
      let completion = client.invoke(Invocation(Self.add, .integer(13)))
      #expect("\(completion.kind)" == outcome, "\(completion)")
    }
  }

  @Test func whatCannotBePreparedSaysWhy() throws {
    try TemporaryFolder.with { folder in
      let client = try host("unprepared", folder).client(of: "x://y", timeout: .seconds(20))
      #expect(throws: ClientError.indefinite("crash: no table")) { try client.prepare() }
    }
  }
}

extension TemporaryFolder {
  fileprivate static func with(_ body: (TemporaryFolder) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try withExtendedLifetime(folder) { try body(folder) }
  }
}
