import LacunaAlgebra
import LacunaOpenCL
import Testing

/// The devices of this machine that a test can run on.
let usableDevices = OpenCLDevice.all().filter(\.isUsable)

/// Independent standard normal numbers from a fixed seed.
func gaussians(_ count: Int, stream: UInt64 = 0) -> [Double] {
  let source = RandomStream(seed: 20_260, stream: stream)
  return (0..<count).map { EntryLaw.gaussian.value(at: UInt64($0), of: source) }
}

/// max |a − b| / max |b|.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  let scale = b.reduce(0) { max($0, abs($1)) }
  var worst = 0.0
  for (x, y) in zip(a, b) { worst = abs(x - y) > worst || (x - y).isNaN ? abs(x - y) : worst }
  return a.count == b.count ? worst / max(scale, .leastNormalMagnitude) : .infinity
}
