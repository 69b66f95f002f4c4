import Basics
import Glibc

/// Prints for a person or a program. Much of what is printed was written by services, files and logs:
/// nothing in it reaches the terminal but text. (Colours are put in by `Closing`, which prints itself.)
func show(_ text: String, terminator: String = "\n") {
  print(text.plain, terminator: terminator)
}

/// Writes to standard error, made plain as by `show`.
func standardError(_ text: String) {
  let bytes = Array(text.plain.utf8)
  _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}
