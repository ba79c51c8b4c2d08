namespace TickStore;

/// <summary>
/// Makes views of their text. The engine keeps the text only; the query language that understands it lies above the engine, and makes
/// itself known through <see cref="ViewLanguage.Register"/>.
/// </summary>
public interface IViewLanguage
{
    /// <summary>
    /// Binds the text of a statement that makes a view, over the tables and views as they are now. Called when the view is made, and whenever
    /// the database is opened. Throws what is wrong with the text.
    /// </summary>
    ViewDefinition Bind(TickDatabase database, string statement);
}
