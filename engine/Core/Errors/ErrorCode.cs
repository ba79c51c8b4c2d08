namespace TickStore.Core;

/// <summary>
/// What went wrong, by whose fault: 1xxx the request, 2xxx the data, 3xxx a resource, 4xxx corruption, 9xxx us.
/// The numbers are stable: clients may store and compare them.
/// </summary>
public enum ErrorCode
{
    /// <summary>An argument or option is outside what is allowed.</summary>
    InvalidArgument = 1000,

    /// <summary>The SQL text does not parse.</summary>
    SyntaxError = 1001,

    /// <summary>A table, column, function or type of that name does not exist.</summary>
    UnknownName = 1002,

    /// <summary>A table of that name exists already.</summary>
    AlreadyExists = 1003,

    /// <summary>An expression has a type that its place does not take.</summary>
    TypeMismatch = 1004,

    /// <summary>The feature is known, and not available in this version.</summary>
    NotSupported = 1005,

    /// <summary>Another process (or another handle of this one) holds the database.</summary>
    DatabaseLocked = 1006,

    /// <summary>The folder is not a database.</summary>
    NotADatabase = 1007,

    /// <summary>The handle was closed, or failed before and refuses further work.</summary>
    HandleClosed = 1008,

    /// <summary>A sequence or time lies outside what the database still holds.</summary>
    OutOfRange = 1009,

    /// <summary>The work was cancelled by its caller.</summary>
    Cancelled = 1010,

    /// <summary>A row, line or field is malformed.</summary>
    MalformedData = 2000,

    /// <summary>A value does not fit its type.</summary>
    NumericOverflow = 2001,

    /// <summary>A batch's columns are not those of its table.</summary>
    SchemaMismatch = 2002,

    /// <summary>NULL in a column that is NOT NULL.</summary>
    NullViolation = 2003,

    /// <summary>Division by zero.</summary>
    DivisionByZero = 2004,

    /// <summary>A text does not read as a value of the type it is cast to.</summary>
    InvalidText = 2005,

    /// <summary>The memory budget given at open is used up.</summary>
    MemoryBudget = 3000,

    /// <summary>No space is left on the device.</summary>
    DiskFull = 3001,

    /// <summary>The device reported an error; the handle has failed.</summary>
    DeviceFailed = 3002,

    /// <summary>A subscriber left more unread than its queue may hold, and was cut off; it may resume.</summary>
    SlowSubscriber = 3003,

    /// <summary>A checksum or a bound does not hold for bytes read back from disk.</summary>
    Corruption = 4000,

    /// <summary>The files were written by a newer version of the format.</summary>
    NewerFormat = 4001,

    /// <summary>A defect of ours.</summary>
    Internal = 9000,
}
