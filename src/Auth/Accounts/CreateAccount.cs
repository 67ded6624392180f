using Microsoft.AspNetCore.Identity;

namespace Rally.Auth.Accounts;

/// <summary>Opens an account with a user name and a password.</summary>
public sealed class CreateAccount
{
    /// <summary>Least length of a password in characters; there are no rules of composition (NIST SP 800-63B).</summary>
    public const int LeastPasswordLength = 10;

    /// <summary>Greatest length of a password in characters.</summary>
    public const int GreatestPasswordLength = 256;

    private readonly AccountStore _accounts;
    private readonly IPasswordHasher<Account> _hasher;
    private readonly HashingTurns _turns;
    private readonly TimeProvider _time;

    internal CreateAccount(AccountStore accounts, IPasswordHasher<Account> hasher, HashingTurns turns, TimeProvider time)
    {
        _turns = turns;
        _accounts = accounts;
        _hasher = hasher;
        _time = time;
    }

    /// <param name="Username">3 to 32 of a-z, 0-9, '_', '.', '-'; capitals are taken as small letters.</param>
    /// <param name="Password">10 to 256 characters.</param>
    public sealed record Request(string Username, string Password)
    {
        // A record prints its members, and this one must never print.
        private bool PrintMembers(System.Text.StringBuilder text)
        {
            text.Append("Username = ").Append(Username);
            return true;
        }
    }

    /// <summary>What came of it: <see cref="Created"/>, <see cref="UsernameTaken"/> or <see cref="Invalid"/>.</summary>
    public abstract record Result;

    /// <param name="RallyId">The new account's id.</param>
    public sealed record Created(Guid RallyId) : Result;

    /// <param name="RallyId">Whose the name is already.</param>
    public sealed record UsernameTaken(Guid RallyId) : Result;

    /// <param name="Reasons">Sentences for the person who typed.</param>
    public sealed record Invalid(IReadOnlyList<string> Reasons) : Result;

    /// <summary>Checks and stores; nothing is stored unless the result is <see cref="Created"/>.</summary>
    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var userName = UserName.Fold(request.Username);
        var reasons = new List<string>();
        if (userName is null)
            reasons.Add(UserName.Rule);
        if (SetPassword.FaultOf(request.Password) is { } fault)
            reasons.Add(fault);
        if (userName is null || reasons.Count > 0)
            return new Invalid(reasons);

        // Before the hash, which costs a tenth of a second; the store decides in the end.
        if (await _accounts.FindByNameAsync(userName, stop) is { } owner)
            return new UsernameTaken(owner.Id);
        var account = new Account
        {
            Id = Guid.CreateVersion7(_time.GetUtcNow()),
            UserName = userName,
            PasswordHash = "",
            SecurityStamp = Accounts.SecurityStamp.New(),
        };
        account.PasswordHash = await _turns.RunAsync(() => _hasher.HashPassword(account, request.Password), stop);
        if ((await _accounts.CreateAsync(account, stop)).Succeeded)
            return new Created(account.Id);
        // It is nobody's where it was a deleted account's until lately.
        return await _accounts.FindByNameAsync(userName, stop) is { } winner ? new UsernameTaken(winner.Id) : new Invalid(["That user name is taken."]);
    }
}
