import Testing

@testable import Experiments

@Suite struct PathsTests {
  @Test(arguments: [
    ("a/b", "c.yaml", "a/b/c.yaml"), ("a/b", "../c.yaml", "a/c.yaml"), ("", "x", "x"),
    ("a", "./x", "a/x"), ("a", "../../x", "../x"), ("/a", "../x", "/x"), ("a", "/x", "/x"),
  ])
  func pathsAreJoined(folder: String, path: String, expected: String) {
    #expect(Paths.join(folder, path) == expected)
  }
}
