/// The version of the program and its libraries, recorded in every result.
package let lacunaVersion = "0.2.0"
