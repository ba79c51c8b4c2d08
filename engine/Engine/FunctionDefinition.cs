namespace TickStore;

/// <summary>A function that a statement made: an expression of its parameters, put in place of each call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Statement">The whole CREATE FUNCTION statement.</param>
public sealed record FunctionDefinition(string Name, string Statement);
