import LacunaAlgebra
import LacunaHost
import MaskedRegression

// 300 samples of 40 coordinates, each half its left neighbour, from the counter-based random stream.
let (n, d) = (300, 40)
let stream = RandomStream(seed: 1, stream: 0)
var values = (0..<n * d).map { EntryLaw.gaussian.value(at: UInt64($0), of: stream) }
for cell in values.indices where cell % d > 0 { values[cell] += 0.5 * values[cell - 1] }

// The ridge of least leave-one-sample-out error, and the predictor at it: row k predicts coordinate k.
let fitted = try FitRequest(centered: true).fit(values, sampleCount: n, on: HostBackend<Double>())
print("ridge \(fitted.best.ridge), leave-one-sample-out error \(fitted.best.meanHeldOut)")
let predictor = try fitted.fit.predictor(ridge: fitted.best.ridge)
print("coordinate 2 from coordinate 1: \(predictor[1 * d + 0])")

// Any other ridge, and errors coordinate by coordinate.
let errors = try fitted.fit.errors(ridge: 1)
print("at ridge 1 coordinate 1 has the error \(errors.heldOut[0])")
