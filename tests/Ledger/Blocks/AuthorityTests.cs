using System.Diagnostics;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Blocks;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Blocks;

public sealed class AuthorityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Keys => Path.Combine(_folder.Path, "keys", "authority");

    public void Dispose() => _folder.Dispose();

    [Theory, EachEngine]
    public async Task The_first_block_makes_the_first_key_and_it_survives_a_restart(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var signer = await SignerAsync(ledger.Database, 1);
        var again = await SignerAsync(ledger.Database, 2);
        var header = Header(2, 1);

        Assert.Equal((1, 1), (signer.Authority.Number, signer.Authority.FirstHeight));
        Assert.Equal(signer.Sign(header), again.Sign(header));
        var chain = await ChainAsync(ledger.Database);
        Assert.Equal(signer.Authority.PublicKey, Assert.Single(chain.Authorities).PublicKey);
        Assert.Equal(ledger.Clock.GetUtcNow(), chain.Authorities[0].IntroducedAt);
        Assert.Null(chain.FindFault(signer.Authority.PublicKey));
        Assert.True(chain.Verifies(header, again.Sign(header)));
        Assert.False(chain.Verifies(Header(3, 1), again.Sign(header)));
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_key_and_openssl_can()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        var signer = await SignerAsync(ledger.Database, 1);

        var file = Assert.Single(Directory.GetFiles(Keys));
        Assert.Equal($"authority-1-{Convert.ToHexStringLower(signer.Authority.PublicKey)[..16]}.pem", Path.GetFileName(file));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Keys));
        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["pkey", "-in", file, "-pubout", "-outform", "DER"])
        {
            RedirectStandardOutput = true,
        })!;
        var der = new MemoryStream();
        await openssl.StandardOutput.BaseStream.CopyToAsync(der);
        await openssl.WaitForExitAsync();
        Assert.Equal(0, openssl.ExitCode);
        Assert.Equal(signer.Authority.PublicKey, der.ToArray()[^32..]);
    }

    [Theory, EachEngine]
    public async Task Without_its_private_key_nothing_is_signed_and_the_error_names_the_file(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        await SignerAsync(ledger.Database, 1);
        var file = Assert.Single(Directory.GetFiles(Keys));
        var content = await File.ReadAllTextAsync(file);
        File.Delete(file);

        var missing = await Assert.ThrowsAsync<AuthorityKeyException>(() => SignerAsync(ledger.Database, 2));
        Assert.Contains($"The private key of authority 1 is missing: {file}.", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Restore this file from the backup of the data folder (keys/authority)", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AuthorityKeyException>(() => RotateAsync(ledger.Database));

        await File.WriteAllTextAsync(file, new AuthorityPrivateKey(new byte[32]).ToPem());
        var other = await Assert.ThrowsAsync<AuthorityKeyException>(() => SignerAsync(ledger.Database, 2));
        Assert.StartsWith($"{file} is not the private key of authority 1", other.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, content);
        await SignerAsync(ledger.Database, 2);
        Assert.Single((await ChainAsync(ledger.Database)).Authorities);
    }

    [Theory, EachEngine]
    public async Task A_rotation_signs_from_the_next_block_on_and_verifies_from_the_pinned_key(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        Assert.IsType<RotateAuthority.Result.NothingSealed>(await RotateAsync(ledger.Database));
        var first = await SignerAsync(ledger.Database, 1);
        await StoreAsync(ledger.Database, first, 1);

        var second = Assert.IsType<RotateAuthority.Result.Rotated>(await RotateAsync(ledger.Database));
        var third = Assert.IsType<RotateAuthority.Result.Rotated>(await RotateAsync(ledger.Database));

        Assert.Equal((2, 2L), (second.Number, second.FirstHeight));
        Assert.Equal((3, 2L), (third.Number, third.FirstHeight));
        var chain = await ChainAsync(ledger.Database);
        Assert.Null(chain.FindFault(first.Authority.PublicKey));
        Assert.Equal(third.PublicKey, Convert.ToHexStringLower((await SignerAsync(ledger.Database, 2)).Authority.PublicKey));
        Assert.Equal(1, (await SignerAsync(ledger.Database, 1)).Authority.Number);
        Assert.True(chain.Verifies(Header(1, 1), first.Sign(Header(1, 1))));
        Assert.False(chain.Verifies(Header(2, 1), first.Sign(Header(2, 1))));
        Assert.Throws<ArgumentException>(() => first.Sign(Header(2, 3)));
        Assert.Equal(3, Directory.GetFiles(Keys).Length);
    }

    [Theory, EachEngine]
    public async Task A_forged_introduction_is_found(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var pinned = (await SignerAsync(ledger.Database, 1)).Authority.PublicKey;
        await RotateAsync(ledger.Database);
        var forger = new AuthorityPrivateKey(new byte[32]);
        async Task<string?> FaultAsync(string sql)
        {
            string? fault = null;
            await Assert.ThrowsAsync<TimeoutException>(() => ledger.Database.WriteAsync(async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(
                    "UPDATE ledger_authority SET " + sql,
                    new { forger.PublicKey, Signature = forger.Sign(Authority.IntroductionBytes(2, 1, forger.PublicKey)) }, transaction);
                fault = (await AuthorityChain.ReadAsync(transaction.Connection!, transaction, default)).FindFault(pinned);
                throw new TimeoutException("Rolled back, for the next change.");
            }));
            return fault;
        }

        const string Forged = "Authority 2 was not introduced by authority 1.";
        Assert.Equal(Forged, await FaultAsync("public_key = @PublicKey WHERE number = 2"));
        Assert.Equal(Forged, await FaultAsync("public_key = @PublicKey, introduction = @Signature WHERE number = 2"));
        Assert.Equal(Forged, await FaultAsync("first_height = 9 WHERE number = 2"));
        Assert.Equal("Authority 1 is not the pinned one.", await FaultAsync("public_key = @PublicKey WHERE number = 1"));
        Assert.Equal("Authority 2 is missing.", await FaultAsync("number = 3 WHERE number = 2"));
        Assert.Null((await ChainAsync(ledger.Database)).FindFault(pinned));
    }

    [Theory, EachEngine]
    public async Task A_key_whose_transaction_failed_is_never_used(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var keys = NewKeys();
        AuthorityKeys.Signer? lost = null;
        await Assert.ThrowsAsync<TimeoutException>(() => ledger.Database.WriteAsync(async transaction =>
        {
            lost = await keys.ForHeightAsync(transaction, 1, default);
            throw new TimeoutException();
        }));

        var kept = await ledger.Database.WriteAsync(transaction => keys.ForHeightAsync(transaction, 1, default));

        Assert.Equal(1, kept.Authority.Number);
        Assert.NotEqual(lost!.Authority.PublicKey, kept.Authority.PublicKey);
        Assert.Equal(kept.Sign(Header(1, 1)), (await SignerAsync(ledger.Database, 1)).Sign(Header(1, 1)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said_in_a_sentence()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "keys"), "a file");

        var failure = await Assert.ThrowsAsync<AuthorityKeyException>(() => SignerAsync(ledger.Database, 1));
        Assert.Contains("cannot be written to", failure.Message, StringComparison.Ordinal);
        Assert.Empty((await ChainAsync(ledger.Database)).Authorities);
        var unset = await Assert.ThrowsAsync<AuthorityKeyException>(() => ledger.Database.WriteAsync(transaction =>
            new AuthorityKeys(Options.Create(new LedgerOptions()), RandomNumberGenerator.Create(), new FakeClock())
                .ForHeightAsync(transaction, 1, default)));
        Assert.Contains("Ledger:AuthorityKeysFolder", unset.Message, StringComparison.Ordinal);
    }

    private static BlockHeader Header(long height, long authority) =>
        new(height, new byte[32], height, height, DateTimeOffset.UnixEpoch, new byte[32], authority);

    private static Task<AuthorityChain> ChainAsync(Database database) =>
        database.ReadAsync(connection => AuthorityChain.ReadAsync(connection, null, default));

    private static Task StoreAsync(Database database, AuthorityKeys.Signer signer, long height) => database.WriteAsync(transaction =>
    {
        var header = Header(height, signer.Authority.Number);
        return transaction.Connection!.ExecuteAsync("""
            INSERT INTO ledger_block (height, previous_hash, first_position, last_position, sealed_at, entries_hash, hash, authority, signature)
            VALUES (@Height, @PreviousHash, @FirstPosition, @LastPosition, @SealedAt, @EntriesHash, @hash, @Authority, @signature)
            """,
            new
            {
                header.Height,
                header.PreviousHash,
                header.FirstPosition,
                header.LastPosition,
                header.SealedAt,
                header.EntriesHash,
                hash = header.ComputeHash(),
                header.Authority,
                signature = signer.Sign(header),
            }, transaction);
    });

    /// <summary>As after a restart: nothing is remembered.</summary>
    private AuthorityKeys NewKeys() => new(
        Options.Create(new LedgerOptions { AuthorityKeysFolder = Keys }), RandomNumberGenerator.Create(), new FakeClock());

    private Task<AuthorityKeys.Signer> SignerAsync(Database database, long height) =>
        database.WriteAsync(transaction => NewKeys().ForHeightAsync(transaction, height, default));

    private Task<RotateAuthority.Result> RotateAsync(Database database) => new RotateAuthority(database, NewKeys()).ExecuteAsync(default);
}
