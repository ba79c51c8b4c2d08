using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Views;

/// <summary>SQL as the language that views are written in.</summary>
internal sealed class SqlViewLanguage : IViewLanguage
{
    /// <inheritdoc/>
    public ViewDefinition Bind(TickDatabase database, string statement, long createdSequence) =>
        new ViewBinder(database, statement, createdSequence).Bind((ViewStatement)SqlParser.Parse(statement));

    /// <inheritdoc/>
    public SubscriptionRequest BindSubscription(TickDatabase database, string statement) =>
        database.PlanSubscription(statement);

    [ModuleInitializer]
    [SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "The engine lies below and cannot reference the language; a database with views loads the assembly by its name."
    )]
    internal static void Register() => ViewLanguage.Register(new SqlViewLanguage());
}
