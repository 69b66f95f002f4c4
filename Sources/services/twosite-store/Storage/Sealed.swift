/// A small file that is replaced as a whole and says whether it is whole.
enum Sealed {
  static func write(_ content: [UInt8], to path: String) throws(StoreError) {
    var file = Packing()
    file.add(Checksum.of(content))
    file.addRest(content)
    try StoredFile.replace(path, with: file.bytes)
  }

  /// The content; nil where there is no file.
  static func read(_ path: String, isChecked: Bool = true) throws(StoreError) -> [UInt8]? {
    guard let bytes = try StoredFile.read(path) else { return nil }
    var file = Unpacking(bytes)
    guard let checksum: UInt32 = file.number() else { throw damage(path) }
    let content = file.rest()
    if isChecked && Checksum.of(content) != checksum { throw damage(path) }
    return content
  }

  private static func damage(_ path: String) -> StoreError {
    .damaged(file: path, offset: 0, "its checksum is not that of its content")
  }
}
