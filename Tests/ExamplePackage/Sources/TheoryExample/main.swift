import DeterministicEquivalents

// Σ = diag(v) + 3uuᵀ: unequal noise, and one spike over all coordinates.
let d = 400
let noise = (0..<d).map { 0.5 + Double($0) / Double(d) }
let spike = [Double](repeating: 1 / Double(d).squareRoot(), count: d)
let population = try SpikedPopulation(variances: noise, strengths: [3], directions: [spike])

// The errors of the joint predictor from 800 samples at ridge 0.1: in the limit, and at this n and d.
let errors = try ErrorEquivalent(population: population, sampleCount: 800, ridge: 0.1)
print("training \(errors.trainingError), new data \(errors.generalizationError), at best \(errors.bayesError)")
if let here = try FiniteSizeErrors(population: population, sampleCount: 800, ridge: 0.1, limit: errors) {
  print("with terms of order 1/n: training \(here.trainingError), new data \(here.generalizationError)")
}

// The ridge that errs least.
let best = try ErrorEquivalent.optimalRidge(population: population, sampleCount: 800)
print("best at ridge \(best.ridge), with error \(best.error)")

// The spectrum of the predictor, and the eigenvalue that the spike drives out of it.
let outliers = try OutlierEquivalent(predictorOf: population, sampleCount: 800, ridge: 0.1)
for interval in outliers.spectrum.predictorIntervals {
  print("bulk from \(interval.lower) to \(interval.upper)")
}
for outlier in outliers.outliers {
  print("outlier at \(outlier.predictorEigenvalue), squared overlap \(outlier.overlaps[0].right)")
}
if let threshold = try outliers.threshold(of: 0) { print("a spike shows from strength \(threshold) on") }
