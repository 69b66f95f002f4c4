import Foundation
import Testing

extension EndToEnd {
  /// What is refused before anything is started: one clear sentence and the right exit code.
  @Suite struct Refusals {
    @Test func aMisspeltKeyIsNamedWithItsPlaceAndTheNearestKey() throws {
      let text = SmallProject.experiment.replacing("steady-state:", with: "steady-sate:")
      let ended = try SmallProject(experiment: text).run()
      #expect(ended.code == 2)
      #expect(
        ended.errors
          == "faultline: experiments/small.yaml:7:1: unknown key 'steady-sate'; did you mean 'steady-state'?\n"
      )
      #expect(ended.output.isEmpty)
    }

    @Test(
      arguments: [
        (["run", "experiments/none.yaml"], "experiments/none.yaml: there is no such file"),
        (["run"], "'run' needs at least one experiment"),
        (["rum", "x"], "there is no verb 'rum'; did you mean 'run'?"),
        (["run", "x", "--sed", "3"], "'run' has no option --sed; did you mean --seed?"),
        (["run", "x", "--seed", "many"], "--seed takes a whole number, not 'many'"),
        (["run", "experiments/small.yaml", "--set", "x=1"], "'x'"),
        (["plan"], "'plan' needs at least one experiment"),
        (["check", "."], ". is no run's folder"),
      ])
    func aWrongCommandLineIsOneSentence(arguments: [String], sentence: String) throws {
      let project = try SmallProject()
      let ended = try Program(Machine.faultline, arguments, in: project.folder).finish()
      #expect(ended.code == 2, "\(ended)")
      #expect(ended.errors.contains(sentence), "\(ended)")
      #expect(ended.errors.split(separator: "\n").count == 1)
      #expect(ended.output.isEmpty)
    }

    @Test func aMissingServerNamesItsPackage() throws {
      let server = SmallProject.server.replacing("/usr/sbin/nginx", with: "/usr/sbin/absent")
      let project = try SmallProject(server: server)
      for arguments in [[], ["--json"]] {
        let program = try project.start(arguments)
        let ended = try program.finish()
        #expect(ended.code == 7)
        #expect(ended.errors.contains("'page' needs /usr/sbin/absent, which is missing"))
        #expect(ended.errors.contains("install the Debian package nginx"))
        let junit = try String(contentsOfFile: project.newest + "/junit.xml", encoding: .utf8)
        #expect(junit.contains("skipped=\"0\"") && junit.contains("errors=\"1\""))
        #expect(ended.output.isEmpty == arguments.isEmpty)
        if arguments.isEmpty { continue }
        let result = try RunResult.parse(ended.output)
        #expect(result.exitCode == 7 && result.trouble?.contains("absent") == true)
      }
      let list = try project.faultline("list")
      #expect(list.code == 0 && list.output.contains("install the Debian package nginx"))
      #expect(try project.faultline("doctor").output.contains("no server is installed for page"))
    }

    /// The machine's own device may be open to everybody, as some packages make it: so the program sees another in its place.
    @Test(.needs("/usr/bin/setpriv"), .needs("/usr/bin/unshare"))
    func whoMayNotOpenWhatARunNeedsIsToldSo() throws {
      let project = try SmallProject()
      let reachable = try Reachable(Machine.faultline)
      let ended = try Program(
        "/usr/bin/unshare",
        [
          "--mount", "/bin/sh", "-c",
          "mount -t tmpfs -o mode=755 none /dev/net && touch /dev/net/tun && chmod 600 /dev/net/tun && "
            + "exec /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups \(reachable.path) run "
            + "experiments/small.yaml",
        ],
        in: project.folder
      ).finish()
      #expect(ended.code == 7, "\(ended)")
      #expect(
        ended.errors
          == "faultline: open /dev/net/tun: Permission denied: run as root, or let this user open it\n"
      )
    }

    @Test(.needs("/usr/bin/setpriv"), arguments: ["sys_admin", "net_admin"])
    func rootWithoutItsPowersIsToldSoByDoctorAndRunAlike(power: String) throws {
      let project = try SmallProject()
      func without(_ arguments: String...) throws -> Program.Ended {
        try Program(
          "/usr/bin/setpriv",
          ["--bounding-set", "-\(power)", "--inh-caps", "-\(power)", Machine.faultline] + arguments,
          in: project.folder, environment: project.environment
        ).finish()
      }
      let run = try without("run", "experiments/small.yaml")
      let doctor = try without("doctor")
      #expect(run.code == 7 && doctor.code == 7, "\(run)\(doctor)")
      for text in [run.errors, doctor.output] {
        #expect(text.contains("CAP_\(power.uppercased())"), "\(text)")
        #expect(text.contains("Operation not permitted"), "\(text)")
      }
      let whole = try project.faultline("doctor")
      #expect(whole.code == 0 && !whole.output.contains("✗"), "\(whole)")
    }

    @Test(.needs("/usr/bin/unshare")) func aMachineWithoutTunIsToldWhatToDo() throws {
      let project = try SmallProject()
      let ended = try Program(
        "/usr/bin/unshare",
        [
          "--mount", "/bin/sh", "-c",
          "mount -t tmpfs none /dev/net && exec \(Machine.faultline) run experiments/small.yaml",
        ],
        in: project.folder
      ).finish()
      #expect(ended.code == 7, "\(ended)")
      #expect(ended.errors.contains("/dev/net/tun") && ended.errors.contains("modprobe tun"))
      #expect(ended.errors.split(separator: "\n").count == 1)
    }

    /// A copy of a program where every user may execute it.
    final class Reachable {
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "e2e-\(UUID().uuidString)")
      var path: String { folder.path + "/program" }

      init(_ program: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: program, toPath: path)
        chmod(folder.path, 0o755)
        chmod(path, 0o755)
      }

      deinit { try? FileManager.default.removeItem(at: folder) }
    }
  }
}
