import Foundation
import Glibc
import Testing

/// A cluster of Slurm on this machine: a controller, and two nodes for one task each. Every node has a PID namespace of
/// its own, so that to end it is what a loss of power is: its daemon and all of its tasks are gone at once. Everything is
/// a child of the test, speaks over the loopback only, and ends with it.
final class SlurmCluster {
  static let controller = "/usr/sbin/slurmctld"
  static let nodes = ["n1", "n2"]

  /// Where everything of it is.
  let folder: String
  private let inside: String
  private var programs: [String: Program] = [:]
  /// PID namespaces of the nodes that had one, by their numbers.
  private var spaces: Set<String> = []

  var environment: [String: String?] { ["SLURM_CONF": "\(folder)/slurm.conf"] }

  /// Returns when both nodes are there to take tasks.
  ///
  /// - Parameter project: where commands are given.
  init(in project: String) throws {
    inside = project
    folder =
      FileManager.default.temporaryDirectory.appending(path: "slurm-\(UUID().uuidString)").path
    for name in ["", "/state"] + Self.nodes.map({ "/spool-\($0)" }) {
      try FileManager.default.createDirectory(
        atPath: folder + name, withIntermediateDirectories: true)
      // Who asks munge must reach its socket; the daemons insist on folders that only their owner writes.
      chmod(folder + name, 0o755)
    }
    let key = Data((0..<128).map { _ in UInt8.random(in: .min ... .max) })
    try key.write(to: URL(filePath: "\(folder)/munge.key"))
    chmod("\(folder)/munge.key", 0o600)
    try configuration.write(toFile: "\(folder)/slurm.conf", atomically: true, encoding: .utf8)
    try start()
  }

  deinit {
    for name in Self.nodes + ["controller", "munge"] { end(name) }
    try? FileManager.default.removeItem(atPath: folder)
    removeCgroups()
  }

  private func start() throws {
    programs["munge"] = try Program(
      "/usr/sbin/munged",
      ["-F", "--socket", "\(folder)/munge.socket", "--key-file", "\(folder)/munge.key"]
        + ["log", "pid", "seed"].map { "--\($0)-file=\(folder)/munge.\($0)" }, in: folder)
    try wait(for: "munge") { FileManager.default.fileExists(atPath: "\(self.folder)/munge.socket") }
    programs["controller"] = try Program(
      Self.controller, ["-D", "-i"], in: folder, environment: environment)
    try wait(for: "the controller") { try self.command("scontrol", "ping").output.contains("UP") }
    for node in Self.nodes { try powerOn(node) }
    try wait(for: "the nodes") {
      let said = try self.command("sinfo", "--noheader", "--Node", "--format=%N %t").output
      return Self.nodes.allSatisfy { said.contains("\($0) idle") }
    }
  }

  /// Starts a node as a machine that was just switched on.
  func powerOn(_ node: String) throws {
    let program = try Program(
      "/usr/bin/unshare",
      ["--pid", "--fork", "--kill-child", "--mount-proc", "/usr/sbin/slurmd", "-D", "-N", node],
      in: folder, environment: environment)
    programs[node] = program
    try wait(for: "the namespace of \(node)") {
      guard let first = Proc.children(of: program.process.processIdentifier).first,
        let space = Proc.namespace("pid", of: first), space != Proc.namespace("pid", of: getpid())
      else { return false }
      spaces.insert(space)
      return true
    }
  }

  /// Ends a node and all that runs on it, at once.
  func powerOff(_ node: String) { end(node) }

  private func end(_ name: String) {
    guard let program = programs.removeValue(forKey: name) else { return }
    program.send(SIGKILL)
    _ = try? program.finish(within: 10)
  }

  /// Asks one of Slurm's commands in the project's folder.
  func command(_ words: String...) throws -> Program.Ended {
    try Program(
      "/usr/bin/" + words[0], Array(words.dropFirst()), in: inside, environment: environment
    ).finish(within: 30)
  }

  private func wait(for what: String, _ isSo: () throws -> Bool) throws {
    let isThere = try Wait.until(within: 30, isSo)
    try #require(isThere, "waited for \(what); \(log)")
  }

  /// What its daemons said, for a test that failed.
  var log: String {
    programs.sorted { $0.key < $1.key }.map { name, program in
      "\(name): \(program.errorsSoFar.suffix(2000))"
    }.joined(separator: "\n")
  }

  /// A run that lost its power leaves its cgroup, as on a real machine, where a start forgets it.
  private func removeCgroups() {
    let mounts = Proc.lines("/proc/self/mountinfo").filter { $0.contains(" - cgroup2 ") }
      .map { String($0.split(separator: " ")[4]) }
    let numbers = spaces.map { $0.filter(\.isNumber) }
    for mount in mounts {
      let walker = FileManager.default.enumerator(atPath: mount)
      let paths = (walker?.compactMap { $0 as? String } ?? []).filter { path in
        path.split(separator: "/").contains { part in
          numbers.contains { part.hasPrefix("faultline-\($0)-") }
        }
      }
      for path in paths.sorted(by: >) where rmdir("\(mount)/\(path)") != 0 {
        if errno != ENOTDIR && errno != ENOENT { Issue.record("\(path) stays behind") }
      }
    }
  }
}

extension SlurmCluster {
  /// slurm.conf(5). What is asked for in short intervals is asked for so that the test is short.
  private var configuration: String {
    let ports = Self.freePorts(3)
    let machines = zip(Self.nodes, ports.dropFirst()).map { node, port in
      "NodeName=\(node) NodeHostname=localhost NodeAddr=127.0.0.1 Port=\(port) CPUs=1 RealMemory=100"
    }
    return """
      ClusterName=campaign
      SlurmctldHost=\(ProcessInfo.processInfo.hostName)(127.0.0.1)
      SlurmctldPort=\(ports[0])
      SlurmUser=root
      SlurmdUser=root
      AuthType=auth/munge
      CryptoType=crypto/munge
      AuthInfo=socket=\(folder)/munge.socket,cred_expire=5
      CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
      StateSaveLocation=\(folder)/state
      SlurmdSpoolDir=\(folder)/spool-%n
      SlurmctldPidFile=\(folder)/controller.pid
      SlurmdPidFile=\(folder)/%n.pid
      MailProg=/bin/true
      ProctrackType=proctrack/linuxproc
      TaskPlugin=task/none
      SwitchType=switch/none
      MpiDefault=none
      SelectType=select/cons_tres
      SelectTypeParameters=CR_CPU
      SlurmdParameters=config_overrides
      JobAcctGatherType=jobacct_gather/none
      AccountingStorageType=accounting_storage/none
      JobCompType=jobcomp/none
      ReturnToService=2
      SlurmdTimeout=2
      MessageTimeout=2
      BatchStartTimeout=2
      KillWait=5
      SchedulerType=sched/backfill
      SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
      \(machines.joined(separator: "\n"))
      PartitionName=all Nodes=\(Self.nodes.joined(separator: ",")) Default=YES State=UP

      """
  }

  /// Ports of the loopback that nobody has, each once.
  private static func freePorts(_ count: Int) -> [UInt16] {
    let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    defer { for socket in sockets { close(socket) } }
    return sockets.map { socket in
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
          _ = bind(socket, place, length)
          getsockname(socket, place, &length)
        }
      }
      return UInt16(bigEndian: address.sin_port)
    }
  }
}
