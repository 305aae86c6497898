/// A complex number: the few operations that the resolvent needs. The type of swift-numerics takes 1.25 times as long in a sum
/// over nodes, for its care of quotients that overflow.
struct Complex: Sendable, Equatable {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  var squaredModulus: Double { real * real + imaginary * imaginary }
  var modulus: Double { squaredModulus.squareRoot() }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }
  static func / (a: Complex, b: Complex) -> Complex {
    a * Complex(b.real, -b.imaginary) * (1 / b.squaredModulus)
  }
}
