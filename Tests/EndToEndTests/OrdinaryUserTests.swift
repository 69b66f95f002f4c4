import Foundation
import Testing

extension EndToEnd {
  /// Runs without root, in a user namespace.
  @Suite(.needs("/usr/bin/newuidmap"), .needs("/usr/bin/setpriv"), .ordinaryUsersCanRun)
  struct OrdinaryUser {
    private enum Users: String { case many, one }

    /// A project that the user may write into, and what it runs there.
    private struct Home {
      let folder = "/tmp/e2e-\(UUID().uuidString)"

      init() throws {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
        for name in ["fixtures", "experiments"] {
          try FileManager.default.copyItem(
            atPath: Machine.root + "/" + name, toPath: folder + "/" + name)
        }
        try own()
      }

      func own() throws {
        let owning = try Program("/bin/chown", ["-R", "4321:4321", folder]).finish()
        try #require(owning.code == 0, "\(owning)")
      }

      func faultline(
        _ users: Users, tun: String = "open", _ arguments: String...
      ) throws -> Program.Ended {
        try Program.asUser(
          [users.rawValue, tun], arguments, in: folder,
          environment: ["FAULTLINE_LIVE": folder + "/live"])
      }

      /// Some commands on one such machine, which is gone with them.
      func shell(_ users: Users, _ script: String) throws -> Program.Ended {
        try Program.asUser(
          [users.rawValue, "open"], [script], in: folder,
          environment: ["FAULTLINE_LIVE": folder + "/live"],
          by: "PATH=$PROGRAMS:$PATH; eval \"$1\"")
      }

      func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// A server dies, a site loses its power: with the users that the servers have.
    @Test(arguments: ["01-load-balancer-dies", "07-site-loses-power"])
    func theSameExperimentsAreGreen(name: String) throws {
      let home = try Home()
      defer { home.remove() }
      let before = Host()
      let ended = try home.faultline(.many, "run", "experiments/floating-address/\(name).yaml")
      #expect(ended.code == 0, "\(ended)")
      #expect(ended.output.contains("\nVALID  "), "\(ended)")
      #expect(Wait.until(within: 10) { Host().added(since: before).isEmpty })
    }

    @Test(.needs("/usr/bin/python3")) func withOneUserItIsSaidWhatThatCosts() throws {
      let home = try Home()
      defer { home.remove() }
      let planted = try PlantedProject(
        "stores", workload: PlantedFaults.adds,
        method: "{at: 500ms, fault: kill, target: {node: store-b}, component: odd-store, for: 1s}",
        invariants: ["availability: {workload: orders, at-least: 50%}"])
      for name in ["fixtures", "experiments"] {
        try FileManager.default.removeItem(atPath: home.folder + "/" + name)
        try FileManager.default.copyItem(
          atPath: planted.project.folder + "/" + name, toPath: home.folder + "/" + name)
      }
      try home.own()
      let ended = try home.faultline(.one, "run", "experiments/small.yaml")
      #expect(ended.code == 0, "\(ended)")
      #expect(ended.output.contains("every server runs as the one user there is"), "\(ended)")
    }

    /// Where there is one user no other can be had, which is said; where there are more, they can.
    @Test(arguments: [true, false]) func execTakesTheUsersThatTheRunHas(hasMany: Bool) throws {
      let home = try Home()
      defer { home.remove() }
      let planted = try SmallProject(
        server: SmallProject.script("sleep 1000", ready: "{command: [/bin/true], within: 5s}"))
      for name in ["fixtures", "experiments"] {
        try FileManager.default.removeItem(atPath: home.folder + "/" + name)
        try FileManager.default.copyItem(
          atPath: planted.folder + "/" + name, toPath: home.folder + "/" + name)
      }
      try home.own()
      let ended = try home.shell(
        hasMany ? .many : .one,
        "faultline up small >&2; faultline exec web --user nobody -- id -un; echo $?; "
          + "faultline exec web --user root -- id -un; faultline down >&2")
      #expect(ended.output == (hasMany ? "nobody\n0\nroot\n" : "2\nroot\n"), "\(ended)")
      #expect(ended.errors.contains("this run has one user only") != hasMany, "\(ended)")
    }

    @Test func doctorTriesWhatTheUserCan() throws {
      let home = try Home()
      defer { home.remove() }
      let good = try home.faultline(.many, "doctor")
      #expect(good.code == 0 && good.output.contains("65536 more users"), "\(good)")
      let closed = try home.faultline(.many, tun: "closed", "doctor")
      #expect(closed.code == 7 && closed.output.contains("let this user open it"), "\(closed)")
      let refused = try home.faultline(
        .many, tun: "closed", "run", "experiments/floating-address/01-load-balancer-dies.yaml")
      #expect(refused.code == 7 && refused.errors.contains("/dev/net/tun"), "\(refused)")
    }
  }
}

extension Program {
  /// Runs this program as an ordinary user, on a machine that is as the first words say.
  fileprivate static func asUser(
    _ machine: [String], _ arguments: [String], in folder: String,
    environment: [String: String?] = [:], by line: String = "exec \"$PROGRAMS/faultline\" \"$@\""
  ) throws -> Ended {
    let script = Machine.root + "/Tests/EndToEndTests/Fixtures/walls/as-user.sh"
    let words = machine + [Machine.bin, "/bin/sh", "-c", line, "_"]
    return try Program(
      "/bin/bash", [script] + words + arguments, in: folder, environment: environment
    )
    .finish()
  }
}

extension Trait where Self == ConditionTrait {
  /// The toolchain's libraries may lie where only root may look.
  fileprivate static var ordinaryUsersCanRun: Self {
    .enabled("an ordinary user cannot run this build") {
      try Program.asUser(["one", "closed"], ["version"], in: "/").code == 0
    }
  }
}
