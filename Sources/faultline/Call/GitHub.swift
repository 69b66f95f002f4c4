import Basics
import Glibc
import Harness
import Linux
import Reports

/// What GitHub's runner, and those that do as it does, show of a call: a summary of the step, and marks in files.
enum GitHub {
  static func tell(_ call: RunCall, _ project: Project, isJSON: Bool) throws(Errno) {
    annotate(call, project, isJSON: isJSON)
    guard let path = variable("GITHUB_STEP_SUMMARY") else { return }
    let present = try Files.exists(path) ? Int(Files.size(path)) : 0
    let text = call.markdown(atMost: max(0, RunCall.mostSummaryBytes - present))
    let file = try Descriptor.open(path, .append)
    try file.write(text)
  }

  /// On standard output, for the runner reads that; on standard error where the result alone is on standard output, which
  /// it reads, too.
  private static func annotate(_ call: RunCall, _ project: Project, isJSON: Bool) {
    guard variable("GITHUB_ACTIONS") == "true" else { return }
    for line in call.annotations(below: folder(of: project)) {
      if isJSON { standardError(line + "\n") } else { show(line) }
    }
    fflush(nil)
  }

  /// Where the project lies in the repository, with a slash at the end; empty where they are the same.
  private static func folder(of project: Project) -> String {
    guard let workspace = variable("GITHUB_WORKSPACE"), project.root.hasPrefix(workspace + "/")
    else { return "" }
    return project.root.dropFirst(workspace.count + 1) + "/"
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
