namespace TickStore.Storage.Devices;

/// <summary>How <see cref="IFileSystem.Open"/> treats a file that exists, or does not.</summary>
public enum FileOpenMode
{
    /// <summary>The file must exist; it is opened for reading only.</summary>
    Read,

    /// <summary>The file must exist; it is opened for reading and writing.</summary>
    ReadWrite,

    /// <summary>The file must not exist; it is made, empty, for reading and writing.</summary>
    CreateNew,
}
