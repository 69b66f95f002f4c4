import Foundation
import Testing

extension EndToEnd {
  /// Projects and run folders that somebody else wrote: refused with a place before anything is started,
  /// or kept where they belong.
  @Suite struct HostileFiles {
    private func refusal(_ project: SmallProject, _ arguments: String...) throws -> Program.Ended {
      let all = arguments.isEmpty ? ["plan", "experiments/small.yaml"] : arguments
      let ended = try Program(Machine.faultline, all, in: project.folder).finish(within: 10)
      #expect(ended.code == 2, "\(ended)")
      #expect(ended.output.isEmpty)
      return ended
    }

    @Test func aNodeCannotBeNamedForAnotherPlaceOfTheHost() throws {
      let project = try SmallProject()
      let stack = SmallProject.stack.replacing("  web: {site", with: "  ../../../x: {site")
      try project.write(stack, to: "fixtures/stacks/small.yaml")
      let ended = try refusal(project, "run", "experiments/small.yaml")
      #expect(ended.errors.contains("fixtures/stacks/small.yaml:7:3: the name of a node is"))
    }

    @Test func aComponentsNameLoadsNoCodeFromElsewhere() throws {
      let project = try SmallProject()
      try project.write(SmallProject.server, to: "elsewhere/page/component.yaml")
      let stack = SmallProject.stack.replacing("[page]", with: "[../../elsewhere/page]")
      try project.write(stack, to: "fixtures/stacks/small.yaml")
      #expect(try refusal(project).errors.contains("the name of a component is"))
    }

    @Test(arguments: ["/dev/zero", "../../../../../../dev/zero", "zero.conf"])
    func aDeviceIsNoTemplate(template: String) throws {
      let project = try SmallProject(
        server: SmallProject.server.replacing("template: nginx.conf", with: "template: \(template)")
      )
      try FileManager.default.createSymbolicLink(
        atPath: project.folder + "/fixtures/components/page/zero.conf",
        withDestinationPath: "/dev/zero")
      let said = try refusal(project).errors
      #expect(said.contains("own folder") || said.contains("symbolic link"), "\(said)")
      if template == "zero.conf" {
        let trusted = try refusal(project, "plan", "experiments/small.yaml", "--trust").errors
        #expect(trusted.contains("it is no regular file"), "\(trusted)")
      }
    }

    @Test(arguments: [
      ("rate: 100/s", "rate: 1e-300", "from 0.001/s to 100000/s, not '1e-300'"),
      ("clients: 4", "clients: 100000000000", "from 1 to 1000"),
      ("timeout: 500ms", "timeout: 2000000h", "at most 24h"),
      ("tags: [small]", "repeat: 9223372036854775807", "from 1 to 1000"),
    ])
    func aNumberHasBoundsThatTheMessageNames(old: String, new: String, bound: String) throws {
      let text = SmallProject.experiment.replacing(old, with: new)
      #expect(text != SmallProject.experiment)
      #expect(try refusal(SmallProject(experiment: text)).errors.contains(bound))
    }

    @Test func whatLiesOutsideTheProjectNeedsTrust() throws {
      let other = try SmallProject()
      let path = other.folder + "/fixtures/stacks/small.yaml"
      let project = try SmallProject(
        experiment: SmallProject.experiment.replacing("stack: small", with: "stack: \(path)"))
      #expect(try refusal(project).errors.contains("lies outside the project"))
      let ended = try project.faultline("plan", "experiments/small.yaml", "--trust")
      #expect(ended.code == 0, "\(ended)")
      try project.write("nothing", to: "fixtures/components/page/component.yaml")
      try FileManager.default.removeItem(
        atPath: project.folder + "/fixtures/components/page")
      let code = try refusal(project, "up", path).errors
      #expect(code.contains("lies outside the project") && code.contains("--trust"), "\(code)")
    }

    @Test func anExperimentOfDotsIsFiledBeneathTheReports() throws {
      let project = try SmallProject()
      try project.write(SmallProject.experiment, to: "experiments/....yaml")
      let ended = try project.faultline("run", "experiments/....yaml")
      #expect(ended.code == 0, "\(ended)")
      let kept = try FileManager.default.contentsOfDirectory(
        atPath: project.folder + "/reports/small/unnamed")
      #expect(kept.count == 2 && kept.contains("latest"), "\(kept)")
    }

    @Test func aLinkBeneathTheReportsIsNotFollowed() throws {
      let project = try SmallProject()
      try project.write("", to: "elsewhere/kept")
      try FileManager.default.createDirectory(
        atPath: project.folder + "/reports", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: project.folder + "/reports/small", withDestinationPath: "../elsewhere")
      let ended = try project.faultline("run", "experiments/small.yaml")
      #expect(ended.code == 3, "\(ended)")
      let there = try FileManager.default.contentsOfDirectory(atPath: project.folder + "/elsewhere")
      #expect(there == ["kept"])
    }

    /// The steps of `prepare` put a link to a protected folder of the host in the place of their own.
    @Test func preparingCopiesNoProtectedFileOut() throws {
      let project = try SmallProject()
      try project.write("secret", to: "protected/data/secret")
      chmod(project.folder + "/protected", 0o700)
      try project.write(
        """
        name: page
        summary: It lies about its data.
        binary: /bin/sh
        packages: [dash]
        user: nobody
        command: ["${binary}", -c, "sleep 100"]
        folders: [kept/data]
        prepare:
          folder: kept/data
          steps: [[/bin/sh, -c, "mv ${dir}/kept ${dir}/old && ln -s \(project.folder)/protected ${dir}/kept"]]
        """, to: "fixtures/components/page/component.yaml")
      let ended = try project.faultline("run", "experiments/small.yaml")
      #expect(ended.code == 3, "\(ended)")
      #expect("\(ended)".contains("made a link where a folder must be"), "\(ended)")
      let found = try project.shell("find reports -name secret")
      #expect(found.output.isEmpty, "\(found)")
    }

    @Test(.needs("/usr/bin/sqlite3")) func aForeignRunsFolderIsReadWithinItsBudget() throws {
      let project = try SmallProject()
      let plan = try project.faultline("plan", "experiments/small.yaml", "--json", "--seed", "1")
      try project.write(plan.output, to: "foreign/plan.json")
      try project.write(Self.views, to: "views.sql")
      let made = try project.shell("sqlite3 foreign/history.sqlite < views.sql")
      #expect(made.code == 0, "\(made)")
      let began = ContinuousClock.now
      for arguments in [["check", "foreign"], ["export", "foreign", "--format", "jsonl"]] {
        let ended = try Program(Machine.faultline, arguments, in: project.folder).finish(within: 10)
        #expect(ended.code == 2 && ended.errors.contains("'event' is no real table"), "\(ended)")
      }
      #expect(ContinuousClock.now - began < .seconds(10))
    }

    /// Neither a large file nor many rows keep `check` and `export` busy beyond what they were given.
    @Test(.needs("/usr/bin/sqlite3")) func aForeignRunsFolderSpendsNoMoreThanItsBudget() throws {
      let project = try SmallProject()
      let plan = try project.faultline("plan", "experiments/small.yaml", "--json", "--seed", "1")
      for folder in ["large", "long"] {
        try project.write(plan.output, to: "\(folder)/plan.json")
        // What nobody reads may be anything: a pipe would hold up who opens it.
        #expect(mkfifo("\(project.folder)/\(folder)/capture.pcapng", 0o600) == 0)
      }
      #expect(
        try project.shell("truncate -s 3G large/history.sqlite; : > large/history.sqlite-wal").code
          == 0)
      try project.write(Self.rows, to: "rows.sql")
      let made = try project.shell("sqlite3 long/history.sqlite < rows.sql")
      #expect(made.code == 0, "\(made)")
      let verbs = [["check"], ["export", "--format", "jsonl"]]
      for verb in verbs {
        let large = try Program(Machine.faultline, verb + ["large"], in: project.folder)
          .finish(within: 10)
        #expect(large.code == 2 && large.output.isEmpty, "\(large)")
        #expect(
          large.errors.contains(
            "large/history.sqlite: it has 3221225472 bytes, with what lies beside it, more than the "
              + "2147483648 that the memory budget is; --memory gives it more"), "\(large)")
        for (option, value) in [("--memory", "24M"), ("--budget", "1ms")] {
          let long = try Program(
            Machine.faultline, verb + ["long", option, value], in: project.folder
          ).finish(within: 20)
          #expect(long.code == 6 && long.output.isEmpty, "\(long)")
          #expect(long.errors.contains("\(option) gives it more"), "\(long)")
        }
        let enough = try Program(
          Machine.faultline, verb + ["long", "--memory", "1G"], in: project.folder
        ).finish(within: 60)
        #expect(!enough.errors.contains("budget"), "\(enough)")
      }
    }

    /// Half a million operations that never end.
    private static let rows = """
      create table meta(key text primary key, value) without rowid;
      insert into meta values ('schema', 2);
      create table function(id integer primary key, name text not null);
      insert into function values (0, 'read');
      create table label(id integer primary key, name text not null);
      create table event(position integer primary key, time integer, process integer, type integer,
        f integer, value, key, error, node integer, workload integer, scheduled integer, final integer,
        invocation integer);
      create table fault(id integer primary key, name, summary, targets, injected, confirmed,
        confirmation, healed, heal_confirmed, is_action);
      create table observation(id integer primary key, time, kind, subject, node, value, source);
      insert into event with recursive n(x) as (select 0 union all select x + 1 from n where x < 499999)
        select x, x, x, 0, 0, null, null, null, null, null, null, 0, null from n;
      """

    @Test func aLinkInARunsFolderIsRefused() throws {
      let project = try SmallProject()
      for (name, goal) in [("plan.json", "/dev/zero"), ("history.sqlite", "/etc/passwd")] {
        try FileManager.default.createDirectory(
          atPath: project.folder + "/foreign", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
          atPath: project.folder + "/foreign/" + name, withDestinationPath: goal)
      }
      #expect(try refusal(project, "check", "foreign").errors.contains("symbolic link"))
      let export = try refusal(project, "export", "foreign", "--format", "jsonl")
      #expect(export.errors.contains("symbolic link"))
    }

    /// A history whose events never end.
    private static let views = """
      create table meta(key text primary key, value) without rowid;
      insert into meta values ('schema', 2);
      create table function(id integer primary key, name text not null);
      create table label(id integer primary key, name text not null);
      create table fault(id integer primary key, name, summary, targets, injected, confirmed,
        confirmation, healed, heal_confirmed, is_action);
      create table observation(id integer primary key, time, kind, subject, node, value, source);
      create view event as with recursive n(x) as (select 0 union all select x + 1 from n)
        select x as position, 0 as time, 0 as process, 0 as type, 0 as f, 0 as value, 0 as key,
          0 as error, 0 as node, 0 as workload, 0 as scheduled, 0 as final from n;
      """
  }
}
