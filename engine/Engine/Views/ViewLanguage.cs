using System.Reflection;
using System.Runtime.CompilerServices;
using TickStore.Core;

namespace TickStore;

/// <summary>The query language that views are written in.</summary>
public static class ViewLanguage
{
    // The engine cannot reference what is built on it; a database with views must open all the same in a program that has not touched
    // any type of the language yet.
    private const string AssemblyName = "TickStore.Sql";

    private static IViewLanguage? registered;

    /// <summary>Makes a language known; the last one counts.</summary>
    public static void Register(IViewLanguage language) => Volatile.Write(ref registered, language);

    /// <summary>The language. Throws NotSupported where the program does not have one.</summary>
    internal static IViewLanguage Get()
    {
        if (Volatile.Read(ref registered) is { } known)
        {
            return known;
        }

        try
        {
            RuntimeHelpers.RunModuleConstructor(Assembly.Load(AssemblyName).ManifestModule.ModuleHandle);
        }
        catch (IOException e)
        {
            throw new TickStoreException(
                ErrorCode.NotSupported,
                $"The database has views, and the program has no {AssemblyName} to read their definitions: reference it",
                e
            );
        }

        return Volatile.Read(ref registered)
            ?? Throw.Error<IViewLanguage>(ErrorCode.Internal, $"{AssemblyName} registers no language of views");
    }
}
