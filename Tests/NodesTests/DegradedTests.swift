import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

/// Without cgroups everything works more slowly, and the run says so.
@Suite(needsRoot) struct DegradedTests {
  private let forking = Command(
    "/bin/sh", ["-c", "(setsid sh -c 'setsid sleep 983 & exec sleep 983' &); exec sleep 983"])
  private let instance = InstanceID(node: "n", component: "daemon")

  @Test func theLimitIsSaid() throws {
    let test = try TestSpace(usesCgroups: false)
    #expect(test.space.limits.count == 1)
    #expect(test.space.limits[0].contains("found by their environment"))
  }

  @Test func killAndPauseReachDaemonsThatForkedAway() throws {
    let test = try TestSpace(usesCgroups: false)
    let supervisor = Supervisor { _ in }
    let (node, other) = (try test.node(), try test.node("n2"))
    try supervisor.start("daemon", on: node, forking)
    try supervisor.start("daemon", on: other, Command("sleep", ["983"]))
    #expect(try eventually { try supervisor.processes(instance).count == 3 })
    let pids = try supervisor.processes(instance)
    #expect(try supervisor.pause(instance).evidence == "every process is in state T")
    #expect(pids.allSatisfy { ProcessStat($0)?.state == "T" })
    #expect(try supervisor.resume(instance).evidence == "no process is in state T")
    _ = try supervisor.pauseAll(on: node)
    #expect(try supervisor.killAll(on: node).evidence == "no process carries the mark")
    #expect(pids.allSatisfy { !Machine.isThere($0) })
    #expect(try supervisor.processes(InstanceID(node: "n2", component: "daemon")).count == 1)
    _ = try supervisor.killAll(on: other)
  }

  /// As servers do that show in `ps` what they are at.
  @Test(.enabled(if: Files.exists("/usr/bin/python3"), "needs python3"))
  func whoOverwritesItsEnvironmentIsFoundByItsSession() throws {
    let test = try TestSpace(usesCgroups: false)
    let supervisor = Supervisor { _ in }
    let node = try test.node()
    let script = """
      import ctypes, os, time
      with open("/proc/self/stat") as stat: fields = stat.read().rsplit(")", 1)[1].split()
      start, end = int(fields[47]), int(fields[48])
      ctypes.memset(start, ord("x"), end - start)
      if os.fork() == 0: os.fork()
      while True: time.sleep(1000)
      """
    let pid = try supervisor.start("daemon", on: node, Command("/usr/bin/python3", ["-c", script]))
    #expect(try eventually { try supervisor.processes(instance).count == 3 })
    let pids = try supervisor.processes(instance)
    #expect(try Files.read("/proc/\(pid)/environ").hasPrefix("xxx"))
    kill(pid, SIGKILL)
    #expect(try eventually { try supervisor.processes(instance).count == 2 })
    _ = try supervisor.killAll(on: node)
    #expect(pids.allSatisfy { !Machine.isThere($0) })
  }

  @Test func timeIsUpForAllOfIt() throws {
    let test = try TestSpace(usesCgroups: false)
    let node = try test.node()
    let slow = Command("/bin/sh", ["-c", "(setsid sleep 982 &); sleep 982"])
    #expect(try node.run(slow, timeout: .milliseconds(100)).isTimedOut)
    #expect(try node.shell("pgrep -x -f 'sleep 982'").exit.cause == .code(1))
  }
}

@Suite struct CgroupPlaceTests {
  @Test(arguments: [
    // hybrid: version 2 beside version 1
    ("41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw", "/", "/sys/fs/cgroup/unified"),
    // pure, in a login session
    (
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw",
      "/user.slice/session-1.scope", "/sys/fs/cgroup/user.slice/session-1.scope"
    ),
    // a container that sees only its own part
    ("30 23 0:26 /docker/ab /sys/fs/cgroup ro - cgroup2 cgroup rw", "/docker/ab", "/sys/fs/cgroup"),
    ("30 23 0:26 /docker/ab /cg\\040x ro - cgroup2 cgroup rw", "/docker/ab/c", "/cg x/c"),
  ])
  func isReadFromTheMounts(mount: String, own: String, path: String) {
    let mounts = "23 1 0:1 / / rw - ext4 /dev/vda rw\n\(mount)\n"
    #expect(CgroupPlace.path(mounts: mounts, own: "5:cpu:/x\n0::\(own)\n") == path)
  }

  @Test func isNilWithoutAny() {
    #expect(CgroupPlace.path(mounts: "23 1 0:1 / / rw - ext4 /dev/vda rw\n", own: "0::/\n") == nil)
    let elsewhere = "30 23 0:26 /a /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
    #expect(CgroupPlace.path(mounts: elsewhere, own: "0::/ab\n") == nil)
    #expect(CgroupPlace.path(mounts: elsewhere, own: "3:cpu:/\n") == nil)
  }

  @Test func identityTellsProcessesApart() throws {
    let own = try #require(RunIdentity.own())
    #expect(own.isAlive && RunIdentity(own.description) == own)
    #expect(!RunIdentity(space: own.space, pid: own.pid, start: own.start + 1).isAlive)
    #expect(RunIdentity("1-2") == nil && RunIdentity("a-b-c") == nil)
  }
}
