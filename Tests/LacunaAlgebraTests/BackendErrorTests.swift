import LacunaAlgebra
import Testing

@Suite struct BackendErrorTests {
  @Test func memoryIsNamedInMebibytes() {
    let error = BackendError.outOfMemory(requested: 7 << 19, available: 1 << 20, device: "host")
    #expect("\(error)".contains("3.5 MiB (1.0 MiB available)"))
    #expect(
      "\(BackendError.outOfMemory(requested: .max, available: 0, device: "host"))".contains("8796093022207.9 MiB"))
  }

  @Test func positionsAreCountedFromOne() {
    #expect("\(BackendError.nonFinite(argument: "S", row: 0, column: 4))" == "S is not finite at row 1, column 5")
  }
}
