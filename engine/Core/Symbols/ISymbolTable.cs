namespace TickStore.Core;

/// <summary>
/// The database-wide dictionary of SYMBOL values. Ids count up from 0 and never change. Thread-safe.
/// </summary>
public interface ISymbolTable
{
    /// <summary>Symbols known so far: every id below it is valid.</summary>
    int Count { get; }

    /// <summary>Id of a symbol, or -1 where it was never seen. No lock, no allocation.</summary>
    int Find(ReadOnlySpan<byte> utf8);

    /// <summary>Id of a symbol, which is added if it is new. Takes a lock only to add.</summary>
    int Intern(ReadOnlySpan<byte> utf8);

    /// <summary>The bytes of a symbol. The span stays valid. Throws for an id that was never given.</summary>
    ReadOnlySpan<byte> Utf8(int id);

    /// <summary>The symbol as a string, made once and kept. Throws for an id that was never given.</summary>
    string Text(int id);
}
