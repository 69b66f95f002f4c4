internal import Glibc

/// A null-terminated list of C strings, for as long as this value lives.
@safe struct CStrings: ~Copyable {
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    unsafe pointer = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { unsafe pointer[index] = unsafe strdup(string) }
    unsafe pointer[count] = nil
  }

  deinit {
    for index in 0..<count { unsafe free(pointer[index]) }
    unsafe pointer.deallocate()
  }
}

/// This process's own environment as lines.
enum ProcessText {
  static func environment() -> [String] {
    var lines: [String] = []
    var next = unsafe environ
    while let line = unsafe next.pointee {
      unsafe lines.append(String(cString: line))
      unsafe next += 1
    }
    return lines
  }
}
