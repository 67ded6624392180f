using Npgsql;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class StoreSettingTests
{
    [Theory]
    [InlineData("sqlite:/var/lib/rally/rally.db", "/var/lib/rally/rally.db")]
    [InlineData("sqlite: /var/lib/rally/../rally.db ", "/var/lib/rally.db")]
    public void A_sqlite_setting_names_a_file(string setting, string path) =>
        Assert.Equal(new(Engine.Sqlite, path), StoreSetting.Parse(setting));

    [Fact]
    public void A_relative_sqlite_path_counts_from_the_working_folder() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "data", "rally.db"), StoreSetting.Parse("sqlite:data/rally.db").Target);

    [Theory]
    [InlineData("postgres:Host=db;Database=rally")]
    [InlineData("postgresql: Host=db;Database=rally")]
    public void A_postgres_setting_is_an_Npgsql_connection_string(string setting) =>
        Assert.Equal(new(Engine.Postgres, "Host=db;Database=rally"), StoreSetting.Parse(setting));

    [Theory]
    [InlineData("postgres://ann:p%3Bw%40d@db.example:6000/rally", "db.example", 6000, "ann", "p;w@d")]
    [InlineData("postgresql://ann@db.example/rally", "db.example", 5432, "ann", null)]
    [InlineData("postgres://[::1]:6000/rally", "::1", 6000, null, null)]
    public void A_postgres_setting_may_be_an_address(string setting, string host, int port, string? user, string? password)
    {
        var read = new NpgsqlConnectionStringBuilder(StoreSetting.Parse(setting).Target);

        Assert.Equal((host, port, "rally", user, password), (read.Host, read.Port, read.Database, read.Username, read.Password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rally.db")]
    [InlineData("sqlite:")]
    [InlineData("sqlite: ")]
    [InlineData("sqlite:data/")]
    [InlineData("SQLITE:rally.db")]
    [InlineData("mysql:Host=db")]
    [InlineData("postgres:")]
    [InlineData("postgres:Database=rally")]
    [InlineData("postgres:Host=db;Port=many")]
    [InlineData("postgres:Host=db;Colour=red")]
    [InlineData("postgres:db/rally")]
    [InlineData("postgres://db.example")]
    [InlineData("postgres:///rally")]
    [InlineData("postgres://db.example/rally?sslmode=require")]
    public void Anything_else_is_refused_with_what_to_write(string setting)
    {
        var refused = Assert.Throws<FormatException>(() => StoreSetting.Parse(setting));

        Assert.Contains("must", refused.Message, StringComparison.Ordinal);
        Assert.Contains(setting.StartsWith("postgres", StringComparison.Ordinal) && setting.Length > 9 ? "Host=" : "sqlite:", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mysql:Host=db;Password=hunter2")]
    [InlineData("postgres:Host=db;Password=a;hunter2=b")]
    [InlineData("postgres:Host=db;Port=hunter2")]
    [InlineData("postgres:Password=hunter2;Database=rally")]
    [InlineData("postgres://ann:hunter2@db.example:many/rally")]
    [InlineData("postgres://ann:hunter2@db.example/rally?sslmode=require")]
    public void A_refusal_does_not_repeat_a_password(string setting) =>
        Assert.DoesNotContain("hunter2", Assert.Throws<FormatException>(() => StoreSetting.Parse(setting)).ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_setting_and_its_store_do_not_show_the_password()
    {
        const string Setting = "postgres:Host=127.0.0.1;Database=rally;Username=ann;Password=hunter2";
        await using var database = Database.Open(Setting);

        Assert.Equal("postgres:…", StoreSetting.Parse(Setting).ToString());
        Assert.Equal("PostgreSQL (127.0.0.1, database rally)", database.Description);
    }
}
