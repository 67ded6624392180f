namespace Rally.Auth;

/// <summary>The SMTP server that mail goes out by. Without one, the operator's page shows the links that mail would bring.</summary>
public sealed class MailOptions
{
    /// <summary>Its name or address; null for none.</summary>
    public string? Host { get; set; }

    /// <summary>Its port: 587 with STARTTLS as a rule; TLS from the first byte (465) is not spoken.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection must be encrypted by STARTTLS; off only for a server on this machine.</summary>
    public bool StartTls { get; set; } = true;

    /// <summary>Who signs in at the server; null for nobody.</summary>
    public string? UserName { get; set; }

    /// <summary>With what. A secret.</summary>
    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    public string? From { get; set; }
}
