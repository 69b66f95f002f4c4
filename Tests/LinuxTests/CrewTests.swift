import Linux
import Synchronization
import TestGround
import Testing

@Suite struct CrewTests {
  /// Counts from any thread.
  private final class Counted: Sendable {
    private let number = Mutex(0)
    func add() { number.withLock { $0 += 1 } }
    var count: Int { number.withLock { $0 } }
  }

  /// However many may work at once, all is done, and by fewer once the machine stalls.
  @Test func theCrewDoesEverything() throws {
    let done = Counted()
    let work = (0..<50).map { number in
      { @Sendable in
        done.add()
        return number % 10 == 0 ? Crew.Load.stalled : .fine
      }
    }
    try Crew(work, size: 4).run()
    #expect(done.count == 50)
  }

  private func run(_ words: [String], variables: [String] = []) throws -> (Int32?, String) {
    let folder = try TemporaryFolder()
    let (output, complaints) = (folder.path + "/out", folder.path + "/err")
    // It blocks signals, which this thread is to get.
    let code = try Linux.Thread.sync(named: "programs") {
      ChildPrograms().run(words, output: output, complaints: complaints, variables: variables)
    }
    return (code, code == nil ? "" : try Files.read(output) + Files.read(complaints))
  }

  @Test func aProgramIsRunToItsEnd() throws {
    #expect(
      try run(["/bin/sh", "-c", "echo $A; echo b >&2; exit 3"], variables: ["A=a"]) == (3, "a\nb\n")
    )
    #expect(try run(["/bin/sh", "-c", "kill -9 $$"]).0 == 137)
    #expect(try run(["/nowhere"]).0 == nil)
  }

  /// What a person types reaches it by us alone, so that one Ctrl-C is one.
  @Test func aProgramHasAGroupOfItsOwn() throws {
    let (code, said) = try run(["/bin/sh", "-c", "ps -o pgid= -p $$; echo $$"])
    let numbers = said.split(whereSeparator: \.isWhitespace)
    #expect(code == 0 && numbers.count == 2 && numbers[0] == numbers[1], "\(said)")
  }
}
