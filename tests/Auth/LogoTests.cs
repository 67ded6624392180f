using System.Buffers.Binary;
using System.Net;
using System.Text;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Pictures of apps: what is taken, and how it is served.</summary>
public sealed class LogoTests
{
    [Theory, EachEngine]
    public async Task A_logo_is_served_from_here_and_can_do_nothing(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync();
        await bench.DecideAsync(id, AppState.Approved);
        var page = await bench.Dora.UploadAsync(await bench.OpenAppAsync(id), "Use this logo", "logo", Png(64, 64));
        var address = page.Document.QuerySelector("main img")!.GetAttribute("src")!;

        var logo = await bench.Server.Http.GetAsync(address);

        Assert.Equal((HttpStatusCode.OK, "image/png"), (logo.StatusCode, logo.Content.Headers.ContentType!.MediaType));
        Assert.Equal(Png(64, 64), await logo.Content.ReadAsByteArrayAsync());
        Assert.Equal("nosniff", logo.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox; frame-ancestors 'none'", logo.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("same-origin", logo.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        // The operator has approved another picture, or none.
        Assert.Equal(AppState.Waiting, (await bench.FindAsync(id))!.State);
        using var browser = bench.Server.OpenBrowser();
        var consent = await browser.SignInAsync(await browser.OpenAsync(new OAuthApp(bench.Server, id, secret).AuthorizeUrl()));
        Assert.Equal(address, consent.Document.QuerySelector("main img")!.GetAttribute("src"));
        Assert.Contains("img-src 'self';", consent.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        page = await bench.Dora.UploadAsync(page, "Use this logo", "logo", Webp("VP8X", 512, 512));
        Assert.NotEqual(address, page.Document.QuerySelector("main img")!.GetAttribute("src"));
        page = await bench.Dora.PressAsync(page, "Remove the logo");
        Assert.Null(page.Document.QuerySelector("main img"));
        Assert.Equal(HttpStatusCode.NotFound, (await bench.Server.Http.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.Server.Http.GetAsync("/app-logo?client_id=nobody")).StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_refused_whatever_it_is_called()
    {
        await using var bench = await AppBench.StartAsync();
        var (id, _) = await bench.RegisterAsync();
        var page = await bench.OpenAppAsync(id);
        var svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8.ToArray();
        foreach (var file in new byte[][] { svg, [], [.. Png(64, 64), .. new byte[LogoImage.LargestBytes]] })
        {
            var refused = await bench.Dora.UploadAsync(page, "Use this logo", "logo", file);
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains(LogoImage.Rule, refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await bench.Dora.UploadAsync(page, "Use this logo", "logo", new byte[3 * LogoImage.LargestBytes])).Status);
        Assert.Null((await bench.FindAsync(id))!.LogoVersion);
    }

    [Fact]
    public void A_picture_is_known_by_its_bytes()
    {
        Assert.Equal(new LogoImage("image/png", 1024, 1), LogoImage.Of(Png(1024, 1)));
        Assert.Equal(new LogoImage("image/jpeg", 320, 200), LogoImage.Of(Jpeg(320, 200)));
        Assert.Equal(new LogoImage("image/webp", 100, 50), LogoImage.Of(Webp("VP8 ", 100, 50)));
        Assert.Equal(new LogoImage("image/webp", 100, 50), LogoImage.Of(Webp("VP8L", 100, 50)));
        Assert.Equal(new LogoImage("image/webp", 100, 50), LogoImage.Of(Webp("VP8X", 100, 50)));
    }

    [Fact]
    public void Pictures_that_are_too_large_or_cut_off_are_none()
    {
        Assert.Null(LogoImage.Of(Png(1025, 1)));
        Assert.Null(LogoImage.Of(Png(1, 0)));
        Assert.Null(LogoImage.Of(Png(uint.MaxValue, 1)));
        Assert.Null(LogoImage.Of(Jpeg(1025, 200)));
        foreach (var whole in new[] { Png(8, 8), Jpeg(8, 8), Webp("VP8 ", 8, 8), Webp("VP8L", 8, 8), Webp("VP8X", 8, 8) })
        {
            for (var length = 0; length < 20; length++)
                Assert.Null(LogoImage.Of(whole.AsSpan(0, length)));
            Assert.Null(LogoImage.Of([0, .. whole]));
        }
    }

    // Only heads: nothing here looks further.
    private static byte[] Png(uint width, uint height)
    {
        byte[] file = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[8], 8, 6, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(20), height);
        return file;
    }

    private static byte[] Jpeg(ushort width, ushort height) =>
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xFF, 0xDB, 0, 3, 0, 0xFF, 0xC2, 0, 11, 8,
        (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0,
    ];

    private static byte[] Webp(string chunk, int width, int height)
    {
        byte[] content = chunk switch
        {
            "VP8X" => [0, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), 0, (byte)(height - 1), (byte)((height - 1) >> 8), 0],
            "VP8L" => [0x2F, .. Little((uint)(width - 1) | ((uint)(height - 1) << 14)), 0, 0, 0, 0, 0],
            _ => [0, 0, 0, 0x9D, 0x01, 0x2A, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)],
        };
        return [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBP"u8, .. Encoding.ASCII.GetBytes(chunk), 10, 0, 0, 0, .. content];
    }

    private static byte[] Little(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
}
