import Foundation
import Testing

extension EndToEnd {
  /// What a person at a terminal gets of a node. The terminal is made by Python's pty module, which
  /// is none of ours.
  @Suite(.needs("/usr/bin/python3")) struct Terminals {
    /// Runs a dialogue: what is waited for, what is then typed.
    private func talk(
      _ project: SmallProject, _ command: String, _ steps: [(wait: String, type: String)]
    ) throws -> Program.Ended {
      let script = """
        import os, pty, sys, fcntl, termios, struct, select, time, subprocess
        steps = [\(steps.map { "(\(quoted($0.wait)), \(quoted($0.type)))" }.joined(separator: ", "))]
        pid, fd = pty.fork()
        if pid == 0:
            os.execvp("sh", ["sh", "-c", \(quoted(command))])
        def size(rows, columns):
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        size(31, 97)
        said, mark, end = "", 0, time.time() + 30
        def more():
            global said
            if not select.select([fd], [], [], 0.2)[0]: return True
            try: got = os.read(fd, 65536)
            except OSError: return False
            said += got.decode("utf-8", "replace")
            return bool(got)
        for wait, typed in steps:
            while wait not in said[mark:]:
                if not more() or time.time() > end:
                    sys.exit("waited for %r; it said: %s" % (wait, said))
            mark = said.index(wait, mark) + len(wait)
            if typed == "RESIZE": size(42, 111)
            elif typed.startswith("RUN "): subprocess.run(typed[4:], shell=True)
            elif typed: os.write(fd, typed.encode())
        while more() and time.time() < end: pass
        print(said)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """
      try project.write(script, to: "talk.py")
      return try project.shell("python3 talk.py")
    }

    /// As Python writes a text. By scalars: a return and a line feed are one character to Swift.
    private func quoted(_ text: String) -> String {
      let scalars = text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case _ where scalar.value < 32:
          "\\x\(scalar.value < 16 ? "0" : "")"
            + String(scalar.value, radix: 16)
        default: String(scalar)
        }
      }
      return "\"\(scalars.joined())\""
    }

    /// Says a word and sleeps, in one process: a key that is pressed while a shell is still about to
    /// start the next one may find neither.
    private func sleeper(_ word: String) -> String {
      "/usr/bin/python3 -c \"import time; print(\(word), flush=True); time.sleep(1000)\"\n"
    }

    @Test func aShellHasATerminalWithJobControlAndKeys() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      #expect(try project.faultline("up", "small").code == 0)
      let shell = try talk(
        project,
        "stty -g > before; \(Machine.faultline) exec web -- bash --norc -i; code=$?; "
          + "stty -g > after; exit $code",
        [
          ("# ", "tty; stty size\n"), ("/dev/pts/", ""), ("31 97", "RESIZE"),
          ("# ", "until stty size | grep '42 111'; do :; done; echo gr''own\n"),
          ("42 111\r\ngrown\r\n", sleeper("'wa' 'it'")),
          ("wait\r\n", "\u{3}"), ("# ", "echo alive $?\n"),
          ("alive 130", sleeper("'be' 'gun'")), ("begun\r\n", "\u{1a}"),
          // The second time a shell goes even if it has not yet seen that the job is dead.
          ("Stopped", "kill -9 %1; exit 9\nexit 9\n"),
        ])
      #expect(shell.code == 9, "\(shell)")
      #expect(!shell.output.contains("no job control"), "\(shell)")
      let before = try String(contentsOfFile: project.folder + "/before", encoding: .utf8)
      let after = try String(contentsOfFile: project.folder + "/after", encoding: .utf8)
      #expect(before == after)
      try theTerminalOutlivesTheStack(project)
    }

    /// The stack goes away while a shell is open: the user's terminal is as before.
    private func theTerminalOutlivesTheStack(_ project: SmallProject) throws {
      let ended = try talk(
        project,
        "stty -g > before; \(Machine.faultline) exec web -- bash --norc -i; code=$?; "
          + "stty -g > after; echo code $code",
        [("# ", "echo he''re\n"), ("here", "RUN \(Machine.faultline) down"), ("code 3", "")])
      #expect(ended.code == 0 && ended.output.contains("ended before it answered"), "\(ended)")
      let before = try String(contentsOfFile: project.folder + "/before", encoding: .utf8)
      let after = try String(contentsOfFile: project.folder + "/after", encoding: .utf8)
      #expect(before == after, "\(ended)")
    }

    @Test func pipesStayPipes() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      #expect(try project.faultline("up", "small").code == 0)
      let piped = try project.shell("echo one | \(Machine.faultline) exec web -- cat")
      #expect(piped.output == "one\n", "\(piped)")
      let none = try project.faultline(
        "exec", "web", "-T", "--", "sh", "-c", "test -t 0 || echo no")
      #expect(none.output == "no\n", "\(none)")
      let forced = try project.faultline("exec", "web", "-it", "--", "sh", "-c", "tty; exit 4")
      #expect(forced.code == 4 && forced.output.contains("/dev/pts/"), "\(forced)")
    }
  }
}
