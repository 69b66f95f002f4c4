import YAML

/// What the reference of Kubernetes' API says a field is: its type, and which of an object's fields must be there. Only
/// fields in this table may be used, so a misspelt one is found.
indirect enum APIShape: Sendable {
  case text
  case integer
  case boolean
  /// A text, of these words only.
  case word([String])
  /// An amount such as `2` or `10Gi`.
  case quantity
  case list(APIShape)
  /// Texts under names that are the user's.
  case texts
  case object([String: APIShape], required: Set<String> = [])

  /// What of a value is not as it should be, each with its path.
  func problems(_ node: YAMLNode, _ path: String = "") -> [String] {
    switch self {
    case .text: return isText(node) ? [] : ["\(path): a string"]
    case .quantity:
      return node.text?.wholeMatch(of: /[0-9]+([KMGT]i|m)?/) == nil ? ["\(path): a quantity"] : []
    case .integer:
      return isPlain(node) && Int(node.text ?? "") != nil ? [] : ["\(path): an integer"]
    case .boolean:
      return isPlain(node) && ["true", "false"].contains(node.text) ? [] : ["\(path): a boolean"]
    case .word(let words):
      return words.contains(node.text ?? "") && isText(node) ? [] : ["\(path): one of \(words)"]
    case .list(let shape):
      guard let elements = node.elements else { return ["\(path): a list"] }
      return elements.enumerated().flatMap { shape.problems($1, "\(path)[\($0)]") }
    case .texts:
      guard let entries = node.entries else { return ["\(path): an object"] }
      return entries.flatMap { APIShape.text.problems($0.value, "\(path).\($0.key)") }
    case .object(let fields, let required):
      guard let entries = node.entries else { return ["\(path): an object"] }
      let missing = required.subtracting(entries.map(\.key)).sorted()
      return missing.map { "\(path).\($0): is required" }
        + entries.flatMap { entry -> [String] in
          guard let shape = fields[entry.key] else { return ["\(path).\(entry.key): unknown"] }
          return shape.problems(entry.value, "\(path).\(entry.key)")
        }
    }
  }

  private func isPlain(_ node: YAMLNode) -> Bool {
    if case .scalar(_, isPlain: true) = node.content { true } else { false }
  }

  /// A plain scalar that YAML would read as a number, a boolean or nothing is no string.
  private func isText(_ node: YAMLNode) -> Bool {
    guard let text = node.text else { return false }
    return !isPlain(node)
      || Double(text) == nil
        && !["true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
  }
}

extension APIShape {
  static let configMap = APIShape.object(
    [
      "apiVersion": .word(["v1"]), "kind": .word(["ConfigMap"]), "metadata": metadata,
      "immutable": .boolean, "data": .texts,
    ], required: ["apiVersion", "kind", "metadata"])

  static let claim = APIShape.object(
    [
      "apiVersion": .word(["v1"]), "kind": .word(["PersistentVolumeClaim"]), "metadata": metadata,
      "spec": .object([
        "accessModes": .list(
          .word(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"])),
        "resources": .object(["requests": .object(["storage": .quantity])]),
      ]),
    ], required: ["apiVersion", "kind", "metadata", "spec"])

  static let job = APIShape.object(
    [
      "apiVersion": .word(["batch/v1"]), "kind": .word(["Job"]), "metadata": metadata,
      "spec": .object(
        [
          "completionMode": .word(["Indexed", "NonIndexed"]), "completions": .integer,
          "parallelism": .integer, "backoffLimitPerIndex": .integer,
          "podFailurePolicy": failurePolicy,
          "template": .object(["spec": pod], required: ["spec"]),
        ], required: ["template"]),
    ], required: ["apiVersion", "kind", "metadata", "spec"])

  private static let metadata = APIShape.object(["name": .text], required: ["name"])

  private static let failurePolicy = APIShape.object(
    [
      "rules": .list(
        .object(
          [
            "action": .word(["FailJob", "FailIndex", "Ignore", "Count"]),
            "onPodConditions": .list(
              .object(
                ["type": .text, "status": .word(["True", "False", "Unknown"])],
                required: ["type", "status"])),
            "onExitCodes": .object(
              [
                "containerName": .text, "operator": .word(["In", "NotIn"]),
                "values": .list(.integer),
              ], required: ["operator", "values"]),
          ], required: ["action"]))
    ], required: ["rules"])

  private static let profile = APIShape.object(
    ["type": .word(["Unconfined", "RuntimeDefault", "Localhost"])], required: ["type"])

  private static let pod = APIShape.object(
    [
      // A Job's pods may not be `Always`; with a policy for failures only `Never`.
      "restartPolicy": .word(["Never"]), "automountServiceAccountToken": .boolean,
      "containers": .list(container), "volumes": .list(volume),
    ], required: ["containers", "restartPolicy"])

  private static let container = APIShape.object(
    [
      "name": .text, "image": .text, "command": .list(.text), "args": .list(.text),
      "workingDir": .text,
      "resources": .object(["requests": .object(["cpu": .quantity, "memory": .quantity])]),
      "securityContext": .object([
        "runAsUser": .integer, "privileged": .boolean, "seccompProfile": profile,
        "appArmorProfile": profile,
        "capabilities": .object(["add": .list(.text), "drop": .list(.text)]),
      ]),
      "volumeMounts": .list(
        .object(
          ["name": .text, "mountPath": .text, "readOnly": .boolean],
          required: ["name", "mountPath"])),
    ], required: ["name"])

  private static let volume = APIShape.object(
    [
      "name": .text, "configMap": .object(["name": .text]),
      "persistentVolumeClaim": .object(["claimName": .text], required: ["claimName"]),
      "hostPath": .object(
        [
          "path": .text,
          "type": .word(["", "Directory", "File", "Socket", "CharDevice", "BlockDevice"]),
        ], required: ["path"]),
    ], required: ["name"])
}
