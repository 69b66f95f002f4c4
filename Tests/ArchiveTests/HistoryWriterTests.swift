import Basics
import Foundation
import Glibc
import Histories
import SQLite
import Synchronization
import TestGround
import Testing

@testable import Archive

/// Records operations of one process, as a client would.
func record(_ numbers: Range<Int>, on process: Int32 = 0, _ recorder: Recorder) {
  let add = recorder.function("add")
  for number in numbers {
    var event = Event(
      process: process, kind: .invoke, function: add, value: .small(Int64(number))!, time: .start)
    recorder.record(event)
    event.kind = .ok
    recorder.record(event)
  }
}

func clock() -> @Sendable () -> Instant {
  let start = ContinuousClock.now
  return { Instant(nanoseconds: (ContinuousClock.now - start).nanoseconds) }
}

@Suite struct HistoryWriterTests {
  @Test func whatIsRecordedIsStoredWhileItHappens() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("history.sqlite")
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try HistoryWriter(path: path, recorder: recorder)
    var mark = FaultMark(
      id: 1, name: "kill", summary: "", targets: [.node("a")], injected: Instant(nanoseconds: 5))
    recorder.record(.fault(FaultChange(.injected, mark)))
    try writer.flush()
    #expect(try HistoryFile.read(path).faults == [mark])
    mark.confirmed = Instant(nanoseconds: 9)
    mark.reach = .ways([.init(from: ["b", "a"], to: ["c"])], .impaired)
    mark.measures = [FaultMeasure("loss", requested: "5%", measured: "4.9% \"of\" 10")]
    recorder.record(.fault(FaultChange(.confirmed, mark)))
    DispatchQueue.concurrentPerform(iterations: 3) { thread in
      record(0..<2_000, on: Int32(thread), recorder)
    }
    let list = recorder.value { $0.list([$0.text("é"), .small(1)!]) }
    let late = recorder.function("late")
    recorder.record(
      Event(process: 8, kind: .invoke, function: late, value: list, time: .start))
    recorder.record(.phase(.up), at: Instant(nanoseconds: 7))
    try writer.finish()
    #expect(writer.failure == nil)
    #expect(try folder.names == ["history.sqlite"])
    let history = try HistoryFile.read(path)
    #expect(try text(history) == text(recorder.history()))
    #expect(history.operations.count == 6_001)
    #expect(history.faults == [mark])
  }

  @Test func theThreadStoresWithoutBeingAsked() async throws {
    let folder = try TemporaryFolder()
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try HistoryWriter(path: folder.file("h"), recorder: recorder)
    record(0..<10, recorder)
    let deadline = ContinuousClock.now + .seconds(30)
    var stored = 0
    var isLate = false
    // Looks once more after the deadline: on a busy machine the yield may take as long.
    while stored < 10, !isLate {
      isLate = ContinuousClock.now >= deadline
      stored = try HistoryFile.read(folder.file("h"), format: .sqlite).operations.count
      await Task.yield()
    }
    #expect(stored == 10)
    try writer.finish()
  }

  /// New names, events and faults arrive between any two statements of the reader.
  @Test func aReaderSeesOneMomentOfARunThatGoesOn() throws {
    let folder = try TemporaryFolder()
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try HistoryWriter(path: folder.file("h"), recorder: recorder)
    let isDone = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      if thread == 0 {
        for round in 0..<2500 {
          let function = recorder.function("f\(round)")
          recorder.record(
            Event(process: Int32(round), kind: .invoke, function: function, value: .none))
          do { try writer.flush() } catch { Issue.record("\(error)") }
        }
        isDone.store(true, ordering: .releasing)
      } else {
        while !isDone.load(ordering: .acquiring) {
          do {
            _ = try HistoryFile.read(folder.file("h"), format: .sqlite)
          } catch {
            Issue.record("\(error)")
          }
        }
      }
    }
    try writer.finish()
    #expect(try HistoryFile.read(folder.file("h")).operations.count == 2500)
  }

  @Test func aReaderDoesNotKeepARunFromFinishing() throws {
    let folder = try TemporaryFolder()
    let recorder = Recorder(isJournaled: true, now: clock())
    let writer = try HistoryWriter(path: folder.file("h"), recorder: recorder)
    record(0..<10, recorder)
    try writer.flush()
    do {
      let reader = try Database(path: folder.file("h"), mode: .read)
      try reader.run("begin")
      let count = try reader.prepare("select count(*) from event")
      #expect(try count.step() && count.integer(0) == 20)
      record(10..<20, recorder)
      try writer.finish()
    }
    #expect(try HistoryFile.read(folder.file("h")).operations.count == 20)
  }

  @Test func aKilledRunLeavesAReadableHistory() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("history.sqlite")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let recorder = Recorder(isJournaled: true, now: clock())
      let writer = try HistoryWriter(path: path, recorder: recorder)
      record(0..<5_000, recorder)
      try writer.flush()
      record(5_000..<9_000, recorder)
      kill(getpid(), SIGKILL)
      try writer.finish()
    }
    #expect(try folder.names.contains("history.sqlite-wal"))
    let operations = try HistoryFile.read(folder.path).operations
    #expect(operations.count >= 5_000 && operations.count <= 9_000)
    #expect(operations.map(\.argument) == (0..<operations.count).map { .small(Int64($0))! })
    #expect(operations.dropLast().allSatisfy { $0.outcome == .ok })
  }

  /// The limit on a file's size stands for a full disk; it needs no root.
  @Test func aFullDiskIsReportedAndEndsNothing() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("history.sqlite")
    await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
      let recorder = Recorder(isJournaled: true, now: clock())
      let writer = try HistoryWriter(path: path, recorder: recorder)
      record(0..<100, recorder)
      try writer.flush()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      for round in 1..<200 where writer.failure == nil {
        record(100 * round..<100 * (round + 1), recorder)
        do throws(ArchiveError) { try writer.flush() } catch {}
      }
      record(0..<100, recorder)
      guard case .database(path, let error)? = writer.failure else { exit(1) }
      guard error.isDiskFull || error.isInputOutput else { exit(2) }
      do throws(ArchiveError) {
        try writer.finish()
      } catch {
        exit(42)
      }
      exit(3)
    }
    let operations = try HistoryFile.read(folder.path).operations
    #expect(operations.count >= 100)
    #expect(operations.map(\.argument) == (0..<operations.count).map { .small(Int64($0))! })
  }

  @Test(.enabled(if: getuid() == 0, "mounting a small tmpfs needs root"))
  func aFullFileSystemIsCalledFull() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
      // Glibc's module hides `unshare`; a mount namespace of our own takes the mount with it.
      typealias Unshare = @convention(c) (Int32) -> Int32
      let unshare = unsafeBitCast(dlsym(nil, "unshare"), to: Unshare.self)
      let (newNamespace, privateTree): (Int32, UInt) = (0x0002_0000, 0x4_4000)
      guard unshare(newNamespace) == 0, mount("none", "/", nil, privateTree, nil) == 0,
        mount("tmpfs", path, "tmpfs", 0, "size=512k") == 0
      else { exit(1) }
      let recorder = Recorder(isJournaled: true, now: clock())
      let writer = try HistoryWriter(path: path + "/history.sqlite", recorder: recorder)
      for round in 0..<2_000 where writer.failure == nil {
        record(100 * round..<100 * (round + 1), recorder)
        do throws(ArchiveError) { try writer.flush() } catch {}
      }
      exit(writer.failure?.isDiskFull == true ? 42 : 2)
    }
  }

  @Test func aFolderThatIsNotThereIsSaidSo() {
    let recorder = Recorder(isJournaled: true, now: clock())
    let error = #expect(throws: ArchiveError.self) {
      _ = try HistoryWriter(path: "/nowhere/at/all/history.sqlite", recorder: recorder)
    }
    #expect(error?.description.contains("/nowhere/at/all") == true)
  }
}
