namespace Rally.Auth.Accounts;

/// <summary>One person's account; its id is the Rally id.</summary>
internal sealed class Account
{
    public required Guid Id { get; init; }

    /// <summary>Always as <see cref="Accounts.UserName.Fold"/> gives it, so that it is its own normal form.</summary>
    public required string UserName { get; set; }

    public required string PasswordHash { get; set; }

    /// <summary>Confirmed by its owner; null for none.</summary>
    public string? Email { get; set; }

    /// <summary>Whether its owner runs this installation.</summary>
    public bool IsOperator { get; init; }

    /// <summary>The key of its authenticator app, sealed; null for none.</summary>
    public byte[]? TotpKey { get; init; }

    /// <summary>Whether a code is asked for at sign-in.</summary>
    public bool HasSecondFactor => TotpKey is not null;

    /// <summary>Changes with what signs in; a session that carries another one ends.</summary>
    public required string SecurityStamp { get; set; }
}
