namespace Rally.Storage.Changes;

/// <summary>Where the log of this store ends, for whoever keeps one: changes are told between its entries.</summary>
/// <param name="Sql">Selects one number, which never falls.</param>
public sealed record LogPlace(string Sql);
