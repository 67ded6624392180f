namespace Rally.Auth.Apps;

/// <summary>What else there is to see and do about an app, on pages of another module. The host registers each.</summary>
/// <param name="Title">What the app's own page calls it.</param>
/// <param name="Path">Where it is; <c>client_id</c> is added.</param>
/// <param name="Scope">It is for apps with this scope.</param>
public sealed record AppSection(string Title, string Path, string Scope);
