internal import Basics
internal import YAML

/// What an instance may do beyond what any program may, and see beyond what every node sees.
extension RecipeReader {
  func capabilities(_ fields: inout Fields) -> CapabilitySet {
    let mark = fields.node["capabilities"]?.mark ?? fields.mark
    let inside = Capability.allCases.filter(\.staysInside).map(\.rawValue)
    let capabilities = (fields.texts("capabilities") ?? []).compactMap { name -> Capability? in
      let bare = name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name
      guard let capability = Capability(rawValue: bare) else {
        fields.problems.append(.unknown("capability", name, among: inside, at: mark))
        return nil
      }
      guard capability.staysInside else {
        fields.refuse(
          "\(name) reaches beyond the node, so no component can have it; those that stay inside are "
            + inside.joined(separator: ", "), at: mark)
        return nil
      }
      return capability
    }
    return CapabilitySet(capabilities)
  }

  /// Devices besides those that every node has.
  func devices(_ fields: inout Fields) -> [String] {
    let mark = fields.node["devices"]?.mark ?? fields.mark
    let names = fields.texts("devices") ?? []
    for name in names where !Instance.innerDevices.contains(name) {
      fields.refuse(
        "the device '\(name)' reaches beyond the node, so no component can have it; what can be had is "
          + Instance.innerDevices.joined(separator: ", "), at: mark)
    }
    return names
  }

  /// Programs that Debian did not put below `/usr` belong below `/opt`; a binary of its own a node
  /// sees anyway.
  func sees(_ fields: inout Fields) -> [String] {
    let mark = fields.node["sees"]?.mark ?? fields.mark
    var paths = fields.texts("sees") ?? []
    for path in paths {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      let isPlain = !parts.dropFirst().contains { ["", ".", ".."].contains($0) }
      if !path.hasPrefix("/opt/") || !isPlain {
        fields.refuse("'\(path)' must be the path of something below /opt", at: mark)
      }
    }
    if sketch.binary.hasPrefix("/"), !sketch.binary.hasPrefix("/usr/") {
      paths.append(sketch.binary)
    }
    return paths
  }
}
