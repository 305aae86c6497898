import LacunaAlgebra
import LacunaConformance
import RealModule
import Testing

/// What the laws compare with, against what is known by itself.
@Suite struct ReferenceTests {
  @Test(arguments: [0, 0.7, -0.9, 0.999, 1]) func theAutoregressiveRootIsARoot(correlation: Double) {
    let l = autoregressiveRoot(20, correlation)
    let sigma = Dense(rows: 20, columns: 20) { Double.pow(correlation, abs($0 - $1)) }
    #expect((l * l.transposed - sigma).maxNorm <= 20 * Double.ulpOfOne)
  }

  @Test func aResidualThatIsNoNumberFails() {
    let result = LawResult(operation: "multiply", example: "NaN", residual: .nan, bound: 30)
    #expect(!result.passed && result.residual == .infinity)
  }
}
