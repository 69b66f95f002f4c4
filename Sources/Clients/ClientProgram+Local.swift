internal import CLinux
internal import Glibc
internal import Linux
internal import Workloads

extension ClientGround {
  /// This very machine, without walls: for trying a driver out, and for tests.
  ///
  /// - Parameter environment: beside this process's own.
  public static func machine(
    place: @escaping @Sendable (_ path: String) -> String, environment: [String] = [],
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) -> ClientGround {
    ClientGround(
      node: "local", place: place,
      spawn: { (command: [String]) throws(ClientError) in
        do throws(Errno) { return try ClientProgram(local: command, environment) } catch {
          throw ClientError.definite("\(error)")
        }
      }, note: note)
  }
}

extension ClientProgram {
  /// Starts a program of this machine as the user that we are, in a process group of its own.
  convenience init(local words: [String], _ environment: [String]) throws(Errno) {
    let input = try Descriptor.pipe()
    let output = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    let pid = try spawned(
      words, environment, [input.reading.raw, output.writing.raw, errors.writing.raw])
    self.init(
      input: input.keepWriting(), output: output.keepReading(), errors: errors.keepReading(),
      end: { ended(pid) })
  }
}

/// One that ended by itself says how; one that did not is killed, with what it started.
private func ended(_ pid: pid_t) -> String {
  var status: Int32 = 0
  let deadline = MonotonicClock.nanoseconds + 20_000_000
  var found = unsafe waitpid(pid, &status, WNOHANG)
  while found == 0, MonotonicClock.nanoseconds < deadline {
    MonotonicClock.sleep(nanoseconds: 1_000_000)
    found = unsafe waitpid(pid, &status, WNOHANG)
  }
  kill(-pid, SIGKILL)
  if found == 0 {
    while unsafe waitpid(pid, &status, 0) < 0, cl_errno() == EINTR {}
    return "it was killed"
  }
  let signal = status & 0x7f
  return signal == 0 ? "it exited with code \(status >> 8 & 0xff)" : "it died of signal \(signal)"
}

private func spawned(
  _ words: [String], _ environment: [String], _ files: [Int32]
) throws(Errno) -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  for (number, file) in files.enumerated() {
    unsafe posix_spawn_file_actions_adddup2(&actions, file, Int32(number))
  }
  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
  var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
  var variables = unsafe environment.map { unsafe strdup($0) }
  var next = unsafe environ
  while let line = unsafe next.pointee {
    unsafe variables.append(strdup(line))
    unsafe next += 1
  }
  unsafe variables.append(nil)
  defer {
    for index in unsafe arguments.indices { unsafe free(arguments[index]) }
    for index in unsafe variables.indices { unsafe free(variables[index]) }
  }
  var pid: pid_t = 0
  let code = unsafe posix_spawn(&pid, words[0], &actions, &attributes, &arguments, &variables)
  guard code == 0 else { throw Errno(code, "start \(words[0])") }
  return pid
}
