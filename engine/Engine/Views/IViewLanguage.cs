namespace TickStore;

/// <summary>
/// Makes views of their text. The engine keeps the text only; the query language that understands it lies above the engine, and makes
/// itself known through <see cref="ViewLanguage.Register"/>.
/// </summary>
public interface IViewLanguage
{
    /// <summary>
    /// Binds the text of a statement that makes a view, over the tables and views as they are now. Called when the view
    /// is made, and whenever the database is opened. Throws what is wrong with the text.
    /// </summary>
    /// <param name="database">Whose tables and views the names mean.</param>
    /// <param name="statement">The whole statement.</param>
    /// <param name="createdSequence">
    /// The last <c>_seq</c> that was there before the view: where the statement says BACKFILL NONE, the plan leaves out rows up to it.
    /// </param>
    ViewDefinition Bind(TickDatabase database, string statement, long createdSequence);

    /// <summary>Reads a statement that subscribes, over the tables and views as they are now. Throws what is wrong with the text.</summary>
    SubscriptionRequest BindSubscription(TickDatabase database, string statement);
}
