/// A complex number: the few operations that the resolvent needs.
package struct Complex: Sendable, Equatable {
  package var real: Double
  package var imaginary: Double

  package init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  var squaredModulus: Double { real * real + imaginary * imaginary }
  var modulus: Double { squaredModulus.squareRoot() }

  package static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  package static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  package static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  package static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }
  package static func / (a: Complex, b: Complex) -> Complex {
    a * Complex(b.real, -b.imaginary) * (1 / b.squaredModulus)
  }
}
